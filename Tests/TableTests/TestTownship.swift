import CommandSupport
import Foundation
import GRDB
import SyncEngine

@testable import Server

/// A township in a temporary folder, at a clock that stands still.
final class TestTownship {
    static let now = Instant("2026-11-25T09:00:00+08:00")!
    let url = FileManager.default.temporaryDirectory.appending(path: "ruhu-\(UUID().uuidString)")
    let township: Township

    init() throws {
        township = try Township.initialise(
            TownshipFolder(path: url.path), name: "阴平镇", region: Scope("370404101")
        ) { Self.now }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var act: Desk.Act { Desk.Act(author: "王", reason: "区审计抽查核对", now: Self.now) }

    @discardableResult func add(_ kind: String, _ fields: [(String, Value)]) throws -> RecordID {
        let desk = CaseDesk(township: township)
        let draft = try desk.new(kind, fields)
        _ = try desk.add(draft, act: act)
        return draft.record
    }

    /// The bytes of a table's file.
    func file(_ table: Server.Table, _ format: TableFormat) throws -> [UInt8] {
        let path = url.appending(path: "out.\(format.rawValue)").path
        try TableExport(table, as: format, from: township).write(to: path)
        return try Files.read(path)
    }

    func text(_ table: Server.Table, _ format: TableFormat) throws -> String {
        String(decoding: try file(table, format), as: UTF8.self)
    }
}

/// A table of given rows.
func sample(_ rows: [[Server.Table.Cell]]) -> Server.Table {
    let columns = (0..<(rows.first?.count ?? 1)).map { Server.Table.Column("c\($0)", "列\($0)", "Column \($0)") }
    return Server.Table("sample", Label(zh: "样表", en: "Sample"), columns: columns) { _ in rows }
}
