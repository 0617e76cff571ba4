import Foundation
import ProgramRunner
import Testing

/// A township cannot rewrite its history without its villages noticing, and a database brought back by hand is not
/// taken for the one it was.
@Suite struct TamperTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private static let village = "370404101201"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: Self.village, staff: "王秀英")
        _ = try station.new("household", "number=001")
        try station.sync()
    }

    private func epoch() throws -> String { try server.command("status").json["epoch"].string ?? "" }

    /// Copies what of the township's files `isWanted`.
    private func copy(from: URL, to: URL, _ isWanted: (String) -> Bool) throws {
        try FileManager.default.createDirectory(at: to, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: from.path) where isWanted(name) {
            try? FileManager.default.removeItem(at: to.appending(path: name))
            try FileManager.default.copyItem(at: from.appending(path: name), to: to.appending(path: name))
        }
    }

    private func sync(_ count: Int) throws {
        for number in 0..<count { _ = try station.new("household", "number=1\(number)") }
        try station.sync()
    }

    @Test func aStationHoldsTheHeadOfWhatItPulled() throws {
        let status = try station.run("status").json
        #expect(status["treeHead"]["size"].int == status["cursor"].int)
        #expect(status["treeHead"]["epoch"].string == status["epoch"].string)
        #expect(status["evidence"].array.isEmpty)
    }

    @Test func aDatabaseCopiedBackByHandBeginsANewHistory() throws {
        let before = try epoch()
        server.stop()
        let backup = folder.url.appending(path: "copy")
        try copy(from: server.folder, to: backup) { $0.hasPrefix("authority.sqlite") }
        try server.start()
        try sync(3)
        #expect(try epoch() == before, "an ordinary restart begins nothing")
        server.stop()
        // The log beside it too: SQLite would play it back onto the older file.
        for name in try FileManager.default.contentsOfDirectory(atPath: server.folder.path)
        where name.hasPrefix("authority.sqlite") {
            try FileManager.default.removeItem(at: server.folder.appending(path: name))
        }
        try copy(from: backup, to: server.folder) { _ in true }
        #expect(try epoch() != before)
        let after = try epoch()
        try server.start()
        #expect(try epoch() == after, "once")
    }

    @Test func aDatabaseCopiedBackWithItsHeadFileIsNoticedByTheStation() throws {
        let before = try epoch()
        server.stop()
        let backup = folder.url.appending(path: "copy")
        try copy(from: server.folder, to: backup) { _ in true }
        try server.start()
        try sync(3)
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        try copy(from: backup, to: server.folder) { _ in true }
        try server.start()
        #expect(try epoch() == before, "nothing beside the database tells")
        let household = try station.new("household", "number=777")
        let refused = try station.run("sync")
        #expect(refused.code == 77)
        #expect(refused.json["error"]["code"].int == 4015)
        #expect(try epoch() != before, "the heads that the station showed began a new history")
        let status = try station.run("status").json
        #expect(status["evidence"].array.count == 1)
        #expect(status["evidence"].array.first?["refusal"].string == "shorter")
        #expect(status["pendingSets"].int == 1)
        #expect(try station.show(household)["pending"].array.isEmpty == false)
        let doctor = try station.run("doctor", "--check-only")
        #expect(doctor.code == 74)
        #expect(doctor.json["checks"].array.contains { $0["check"].string == "history" && $0["sound"].bool == false })
    }

    @Test func aHistoryRewrittenForOneStationIsRefusedByIt() throws {
        server.stop()
        let other = folder.url.appending(path: "copy")
        try copy(from: server.folder, to: other) { _ in true }
        try server.start()
        try sync(2)
        server.stop()
        // The same keys, the same beginning, another continuation, as long as the true one.
        try FileManager.default.removeItem(at: server.folder)
        try copy(from: other, to: server.folder) { _ in true }
        try server.start()
        let second = try server.station("b", village: Self.village, staff: "李建国")
        for number in 0..<4 { _ = try second.new("household", "number=2\(number)") }
        try second.sync()
        let before = try station.run("status").json
        let refused = try station.run("sync")
        #expect(refused.code == 77)
        #expect(refused.json["error"]["name"].string == "history-rewritten")
        let after = try station.run("status").json
        #expect(after["cursor"].int == before["cursor"].int, "nothing of it was applied")
        #expect(after["digest"].string == before["digest"].string)
        #expect(after["evidence"].array.first?["refusal"].string == "rewritten")
    }
}
