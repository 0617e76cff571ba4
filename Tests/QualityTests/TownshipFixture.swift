import Assistance
import Foundation
import RecordStore
import SyncEngine

@testable import Server

/// A township in a folder of its own, with households that its desk writes.
final class TownshipFixture {
    let township: Township
    private let folder: URL
    static let village = "370404101201"

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ruhu-quality-\(UUID().uuidString)")
        township = try Township.initialise(
            TownshipFolder(path: folder.path), name: "阴平镇", region: Scope("370404101")
        ) { Instant("2026-03-02T09:00:00+08:00")! }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @discardableResult func add(_ kind: String, _ fields: [String: Value]) throws -> RecordID {
        let schema = township.database.tables.schema
        let draft = Draft(
            kind: schema.kind(kind)!, record: Township.newID(at: township.clock()), operation: .create,
            writes: fields.map { .set($0.key, $0.value) })
        try act([draft])
        return draft.record
    }

    func set(_ kind: String, _ id: RecordID, _ field: String, _ value: Value) throws {
        let schema = township.database.tables.schema
        try act([Draft(kind: schema.kind(kind)!, record: id, operation: .edit, writes: [.set(field, value)])])
    }

    private func act(_ drafts: [Draft]) throws {
        let act = Desk.Act(author: "李", reason: "", now: township.clock())
        _ = try township.database.write { try township.desk.act(drafts, act, in: $0) }
    }

    /// A household with a person who has an income.
    @discardableResult func household(
        _ number: String, village: String = village
    ) throws -> (id: RecordID, member: RecordID) {
        let id = try add("household", ["village": .text(village), "number": .text(number)])
        let member = try add(
            "member",
            [
                "household": .text(id.description), "name": .text("人\(number)"),
                "id_number": .text("11010519491231002X"),
            ])
        try add(
            "income_item",
            [
                "member": .text(member.description), "type": .text("41"), "amount_fen": .int64(15_000),
                "period": .text("month"),
            ])
        return (id, member)
    }
}
