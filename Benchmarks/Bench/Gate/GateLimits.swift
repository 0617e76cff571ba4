import Foundation
import ProgramRunner

/// What `ruhu-bench gate` admits, as `Benchmarks/gate.json` says it.
struct GateLimits: Decodable {
    /// A row's limit: of what it takes against the floor, or of the figure itself where that is exact.
    struct Limit: Decodable {
        let id: String
        /// Of a time: against the floor of the same run. No time by itself is ever a limit, for machines are slow.
        let ratio: Double?
        /// Of a count, the same on every machine.
        let value: Double?
    }

    /// Records of the bulk.
    let records: Int
    let runs: Int
    let limits: [Limit]

    /// - Throws: ``ProgramFailure`` for a file that is none, for a row that is unknown or named twice, and for a limit
    ///   that its row cannot have.
    static func read(_ file: String) throws -> GateLimits {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ProgramFailure("\(file): no such file")
        }
        let limits: GateLimits
        do {
            limits = try JSONDecoder().decode(GateLimits.self, from: data)
        } catch {
            throw ProgramFailure("\(file): \(error)")
        }
        guard limits.records > 0, limits.runs > 0, !limits.limits.isEmpty else {
            throw ProgramFailure("\(file): empty")
        }
        var seen: Set<String> = []
        for limit in limits.limits {
            guard let row = Row.all.first(where: { $0.id == limit.id }) else {
                throw ProgramFailure("\(file): no row \(limit.id)")
            }
            guard seen.insert(limit.id).inserted else { throw ProgramFailure("\(file): \(limit.id) twice") }
            let isPossible = limit.ratio == nil ? row.unit.isExact && limit.value != nil : row.unit.isAgainstFloor
            guard isPossible, limit.ratio == nil || limit.value == nil else {
                throw ProgramFailure("\(file): \(limit.id): a CPU has a ratio, a count has a value, no time has either")
            }
        }
        return limits
    }

    /// The groups that tell the limited rows.
    var groups: [any RowGroup.Type] {
        RowGroups.all.filter { group in group.rows.contains { row in limits.contains { $0.id == row.id } } }
    }
}

extension Unit {
    /// The same on every machine and in every run, nearly.
    fileprivate var isExact: Bool { self == .bytes || self == .roundTrips }
    /// Rows of this unit are measured together with the floor.
    fileprivate var isAgainstFloor: Bool { self == .perThousand }
}
