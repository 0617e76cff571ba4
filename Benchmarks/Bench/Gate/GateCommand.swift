import ArgumentParser
import Foundation
import ProgramRunner

struct GateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate", abstract: "Fails when a row is clearly worse than its limit.",
        discussion: """
            Limits are ratios to the floor measured in the same run, about twice what was measured, and exact counts. What \
            exceeds its limit is measured once more before the gate fails: 0 all within, 1 something exceeds, 65 the \
            limits cannot be read or name what is no row.
            """)

    @Option(help: "The limits.") var limits = "Benchmarks/gate.json"
    @Option(help: "Writes the measurements into this file too.") var json: String?

    func run() throws {
        let limits: GateLimits
        do {
            limits = try GateLimits.read(self.limits)
        } catch {
            Report.say("ruhu-bench gate: \(error)")
            throw ExitCode(65)
        }
        var report = try Self.measured(limits, groups: limits.groups)
        var over = Self.over(limits, report)
        if !over.isEmpty {
            Report.say("once more: \(over.map(\.id).joined(separator: ", "))")
            let groups = limits.groups.filter { group in
                over.contains { one in group.rows.contains { $0.id == one.id } }
            }
            let again = try Self.measured(limits, groups: groups)
            for measurement in again.measurements { report.replace(measurement) }
            over = Self.over(limits, report)
        }
        if let json { try report.write(json: json) }
        print(Self.table(limits, report))
        guard over.isEmpty else {
            Report.say("ruhu-bench gate: \(over.map(\.id).joined(separator: ", ")): clearly worse than the limit")
            throw ExitCode.failure
        }
    }

    private static func measured(_ limits: GateLimits, groups: [any RowGroup.Type]) throws -> Report {
        var report = Report()
        let sizes = Sizes(
            records: limits.records, large: 2 * limits.records, stations: 20, conflicts: max(1, limits.records / 10),
            runs: limits.runs, processRuns: limits.runs, idleRuns: 10 * limits.runs)
        for group in groups { try group.run(sizes, into: &report) }
        return report
    }

    private static func over(_ limits: GateLimits, _ report: Report) -> [GateLimits.Limit] {
        limits.limits.filter { limit in
            guard let measured = report.measurements.first(where: { $0.id == limit.id }) else { return true }
            guard let ratio = limit.ratio else { return measured.value > limit.value ?? 0 }
            return (measured.ratio ?? .infinity) > ratio
        }
    }

    private static func table(_ limits: GateLimits, _ report: Report) -> String {
        let rows = limits.limits.map { limit -> String in
            let one = report.measurements.first { $0.id == limit.id }
            let figure = limit.ratio == nil ? one.map { $0.unit.text($0.value) } : one?.ratio.map(Self.times)
            let most = limit.ratio.map(Self.times) ?? one?.unit.text(limit.value ?? 0) ?? ""
            return "| \(limit.id) | \(one?.what ?? "") | \(figure ?? "none") | ≤ \(most) |"
        }
        return (["| row | | measured | limit |", "|---|---|---|---|"] + rows).joined(separator: "\n")
    }

    private static func times(_ ratio: Double) -> String { String(format: "%.2f × floor", ratio) }
}
