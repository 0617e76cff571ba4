import Foundation
import ProgramRunner
import Testing

/// What speaks against a township's database is known to whoever looks first, be it the night, and to an audit that is
/// given what others have kept.
@Suite struct HeadFileTests {
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
        server.stop()
    }

    private var head: URL { server.folder.appending(path: "head") }

    private func findings(_ report: JSON) -> [String] {
        report["findings"].array.filter { $0["check"].string == "head" }.compactMap { $0["subject"].string }
    }

    private func copy(_ from: URL, to: URL, prefix: String = "") throws {
        try FileManager.default.createDirectory(at: to, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: to.path) where name.hasPrefix(prefix) {
            try FileManager.default.removeItem(at: to.appending(path: name))
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: from.path) where name.hasPrefix(prefix) {
            try FileManager.default.copyItem(at: from.appending(path: name), to: to.appending(path: name))
        }
    }

    /// Three sets that the copy has not seen.
    private func goOn() throws {
        try server.start()
        for number in 2...4 { _ = try station.new("household", "number=00\(number)") }
        try station.sync()
        server.stop()
    }

    @Test(arguments: ["missing", "damaged", "foreign"]) func aHeadFileThatSaysNothingIsAFinding(_ how: String) throws {
        func spoil() throws {
            switch how {
            case "missing": try FileManager.default.removeItem(at: head)
            case "damaged": try Data("{".utf8).write(to: head)
            default:
                let other = try TownshipServer(in: folder.url.appending(path: UUID().uuidString))
                try copy(other.folder, to: server.folder, prefix: "head")
            }
        }
        try spoil()
        let verified = try server.command("audit", "verify")
        #expect(verified.code == 74 && findings(verified.json) == ["head \(how)"], "\(verified.text)")
        #expect(try server.command("audit", "verify").code == 74, "an audit changes nothing")
        // Of whoever comes first, the night too.
        let night = try server.command("nightly")
        #expect(night.code == 0 && night.json["notice"].string == "head \(how)", "\(night.text)")
        #expect(try server.command("nightly").json["notice"].string == nil, "once")
        try spoil()
        #expect(try server.command("status").errors.contains("head"))
        #expect(try server.command("status").errors == "")
        #expect(try server.command("audit", "verify").code == 0)
        let told = try server.command("nightly")
        #expect(told.json["notice"].string == "head \(how)", "whoever met it first")
        #expect(try server.command("nightly").json["notice"].string == nil)
    }

    @Test func aNewTownshipHasAHeadFile() throws {
        let other = try TownshipServer(in: folder.url.appending(path: "other"))
        #expect(FileManager.default.fileExists(atPath: other.folder.appending(path: "head").path))
        let verified = try other.command("audit", "verify")
        #expect(verified.code == 0 && verified.errors == "", "\(verified.text)")
    }

    @Test func theNightThatFindsAnOlderDatabaseSaysSo() throws {
        let older = folder.url.appending(path: "older")
        try copy(server.folder, to: older, prefix: "authority.sqlite")
        try goOn()
        try copy(older, to: server.folder, prefix: "authority.sqlite")
        let night = try server.command("nightly")
        #expect(night.code == 0 && night.json["notice"].string == "1 < 4", "\(night.text)")
        let next = try server.command("nightly")
        #expect(next.code == 0)
        let histories = next.json["audit"]["histories"].array
        #expect(histories.map { $0["reason"].string } == ["init", "copy"])
        #expect(histories.last?["fork"].int == 1)
    }

    /// The whole folder of before, head file and all: only what others have kept speaks against it.
    @Test func anAuditIsGivenWhatAStationHasKept() throws {
        let older = folder.url.appending(path: "older")
        try copy(server.folder, to: older)
        try goOn()
        let kept = folder.url.appending(path: "status.json")
        try station.program.run(["status", "--json"]).text.write(to: kept, atomically: true, encoding: .utf8)
        #expect(try server.command("audit", "verify", "--heads", kept.path).code == 0)
        try copy(older, to: server.folder)
        #expect(try server.command("audit", "verify").code == 0, "nothing beside the database tells")
        let verified = try server.command("audit", "verify", "--heads", kept.path)
        #expect(verified.code == 74 && findings(verified.json) == ["0 < 4"], "\(verified.text)")

        let other = try TownshipServer(in: folder.url.appending(path: "other"))
        #expect(try other.command("audit", "verify", "--heads", kept.path).json["error"]["code"].int == 3002)
        try Data("{}".utf8).write(to: kept)
        #expect(try server.command("audit", "verify", "--heads", kept.path).code == 65)
    }

    /// Somebody has to know why: a restore and a rewrite look the same.
    @Test func anAuditSaysWhatOfAKeptHeadWasLeft() throws {
        let backup = folder.url.appending(path: "ruhu.backup").path
        #expect(try server.command("backup", backup).code == 0)
        try goOn()
        let kept = folder.url.appending(path: "status.json")
        try station.program.run(["status", "--json"]).text.write(to: kept, atomically: true, encoding: .utf8)
        #expect(try server.command("audit", "verify", "--heads", kept.path).json["left"].array.isEmpty)
        try FileManager.default.removeItem(at: server.folder)
        #expect(try server.command("restore", backup).code == 0)
        let verified = try server.command("audit", "verify", "--heads", kept.path)
        #expect(verified.code == 0 && verified.json["left"].array.map { $0["size"].int } == [4], "\(verified.text)")
        #expect(verified.json["histories"].array.map { $0["reason"].string } == ["init", "restore"])
    }

    // MARK: - The register

    @Test(
        .enabled(if: Tampering.isPossible, "needs the sqlite3 command"),
        arguments: [
            "UPDATE device SET staff = '李四' WHERE is_desk = 0",
            "UPDATE device SET sealing_key = randomblob(32) WHERE is_desk = 0",
            "UPDATE device_scope SET scope = '370404101202' WHERE scope = '370404101201'",
            "INSERT INTO device_scope SELECT id, '370404101202' FROM device WHERE is_desk = 0",
            "UPDATE device SET is_desk = 1",
            "UPDATE device SET revoked_at = 1 WHERE is_desk = 0",
        ]) func aRegisterThatSomebodyChangedIsFound(_ sql: String) throws
    {
        #expect(try server.command("audit", "verify").code == 0)
        try server.tamper(sql)
        let verified = try server.command("audit", "verify")
        #expect(verified.code == 74)
        #expect(verified.json["findings"].array.contains { $0["check"].string == "device" }, "\(verified.text)")
        // All the records come back whatever the register says.
        let backup = folder.url.appending(path: "ruhu.backup").path
        #expect(try server.command("backup", backup).code == 0)
        try FileManager.default.removeItem(at: server.folder)
        #expect(try server.command("restore", backup).code == 0)
    }

    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"))
    func aRevokedStationThatIsLetInByHandIsFound() throws {
        let device = try #require(try station.run("status").json["device"].string)
        #expect(try server.command("revoke", device, "--reason", "离职").code == 0)
        #expect(try server.command("audit", "verify").code == 0)
        try server.tamper("UPDATE device SET revoked_at = NULL")
        let verified = try server.command("audit", "verify")
        #expect(verified.json["findings"][0]["subject"].string == "\(device) revocation", "\(verified.text)")
    }
}
