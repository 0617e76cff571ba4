import Assistance
import EdgeClient
import Foundation
import ProgramRunner
import RecordStore
import SyncEngine
import SyncWire

/// A township that serves, and a station that works in it, in a folder of their own.
final class BenchTownship {
    static let village = "370404101201"
    let server: TownshipServer
    let first: VillageStation
    private(set) var records = 0
    private var sample: Sample
    /// So many documents are typed in at once: what they are made of must not stay in memory.
    private static let documentsAtOnce = 10_000

    init(in parent: URL, name: String = "township", seed: UInt64 = 1) throws {
        let folder = parent.appending(path: "\(name)-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        server = try TownshipServer(in: folder)
        try server.start()
        first = try server.station("first", village: Self.village, staff: "王秀英")
        try first.sync()
        sample = Sample(seed: seed, village: Self.village)
    }

    /// With so many records, pushed.
    convenience init(in parent: URL, name: String = "township", records: Int) throws {
        try self.init(in: parent, name: name)
        try capture(records)
        try first.sync()
    }

    /// Types in more records at the first station.
    @discardableResult func capture(_ count: Int) throws -> Cost {
        var sum = Cost(seconds: 0, station: 0, server: 0)
        var left = count
        while left > 0 {
            let part = min(left, Self.documentsAtOnce)
            let input = lines(part)
            let (cost, _) = try Cost.of(nil) { try first.pipe(input, to: "new") }
            sum.seconds += cost.seconds
            sum.station += cost.station
            left -= part
        }
        return sum
    }

    private func lines(_ count: Int) -> String {
        defer { records += count }
        return (records..<records + count).map { index in
            Self.line(["kind": "household", "fields": sample.next(index)])
        }.joined(separator: "\n")
    }

    /// By the product's own writer: Foundation sorts keys as a person's language would, which takes longer than
    /// everything that is measured.
    static func line(_ document: [String: Any]) -> String { json(document).compact }

    private static func json(_ value: Any) -> JSONValue {
        switch value {
        case let flag as Bool: .bool(flag)
        case let number as Int: .int(Int64(number))
        case let list as [String]: .array(list.map { .string($0) })
        case let fields as [String: Any]:
            .members(fields.sorted { $0.key < $1.key }.map { .init($0.key, json($0.value)) })
        default: .string(value as? String ?? "")
        }
    }

    func station(_ name: String) throws -> VillageStation {
        try server.station(name, village: Self.village, staff: "李建国")
    }

    func stop() { server.stop() }
}

extension VillageStation {
    /// Gives documents to `new -` or `edit -`.
    func pipe(_ input: String, to command: String) throws {
        let made = try run([command, "-"], input: input)
        guard made.code == 0 else {
            throw ProgramFailure("\(command) -: \(made.code) \(made.text.prefix(300)) \(made.errors.prefix(300))")
        }
    }

    func households(_ count: Int) throws -> [String] {
        try run(["list", "household", "--limit", "\(count)"]).json["records"].array.compactMap { $0["id"].string }
    }

    // MARK: - In this process

    /// The replica itself, as the program opens it.
    func replica() throws -> ReplicaDatabase {
        try ReplicaDatabase(
            path: folder.appending(path: "replica.sqlite").path,
            tables: RecordTables(
                schema: AssistanceSchema.current, codec: WireCodec(), searchText: SearchText.line(kind:record:)))
    }

    func signer() throws -> any Signer {
        try Ed25519().signer(privateKey: Array(try Data(contentsOf: folder.appending(path: "signing.key"))))
    }

    /// Signed requests over a connection of its own, which is kept.
    func courier(_ replica: ReplicaDatabase, url: String) throws -> Courier {
        let (position, nonce) = try replica.read { transaction in
            (try transaction.position(), try Meta.bytes("nonce", in: transaction.database) ?? [])
        }
        return Courier(
            transport: try HTTPTransport(.plain), url: url, keyID: position.device.description, key: try signer(),
            nonce: nonce)
    }
}
