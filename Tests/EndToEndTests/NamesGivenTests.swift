import Foundation
import ProgramRunner
import Testing

/// Names that are given on a command line: of stations, fields, addresses, files and folders. A slip is told as what it
/// is, and nothing is written over.
@Suite struct NamesGivenTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: "370404101201", staff: "王秀英")
    }

    private func error(_ arguments: String...) throws -> [Int?] {
        let refused = try server.program.run(arguments + ["--json"])
        return [Int(refused.code), refused.json["error"]["code"].int]
    }

    @Test func aStationThatIsNoneIsNamedAsSuch() throws {
        #expect(try error("revoke", "x") == [65, 2009])
        #expect(try error("revoke", "01890000-0000-7000-8000-000000000000") == [65, 2009])
    }

    @Test func aFieldThatIsNoneIsNotAnUnknownRecord() throws {
        let household = try station.new("household", "number=001")
        try station.sync()
        #expect(try error("audit", "trace", household, "colour") == [65, 2002])
        #expect(try server.command("audit", "trace", household, "address").json["steps"].array.isEmpty)
        #expect(try error("audit", "trace", "01890000-0000-7000-8000-000000000000") == [65, 2009])
    }

    @Test func anInvitationAndAStationHaveAName() throws {
        #expect(try error("invite", "--village", "370404101201", "--staff", "  ") == [65, 2003])
        let code = try server.invite(village: "370404101201", staff: "赵敏")
        let joined = try VillageStation(in: folder.url, name: "b").run("join", server.url, code, "--name", " ")
        #expect(joined.code == 65 && joined.json["error"]["code"].int == 2003)
    }

    /// A browser ends an address with a slash.
    @Test func aSlashAtTheEndOfTheAddressIsNoOtherAddress() throws {
        let code = try server.invite(village: "370404101201", staff: "赵敏")
        let b = VillageStation(in: folder.url, name: "b")
        #expect(try b.run("join", server.url + "//", code).code == 0)
        #expect(try b.run("status").json["server"].string == server.url)
        #expect(try b.run("join", server.url + "/").code == 0)
        #expect(try b.run("sync").code == 0)
    }

    @Test func aFolderWithSomethingInItIsNotRestoredInto() throws {
        let backup = folder.url.appending(path: "ruhu.backup").path
        #expect(try server.command("backup", backup).code == 0)
        let used = folder.url.appending(path: "used")
        try FileManager.default.createDirectory(at: used, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: used.appending(path: "note"))
        let refused = try server.command("restore", backup, "--data", used.path)
        #expect(refused.code == 73 && refused.json["error"]["code"].int == 5003, "\(refused.text)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: used.path) == ["note"])
        #expect(!FileManager.default.fileExists(atPath: used.path + ".restoring"))
    }

    @Test func whatTakesAFileTakesNoDash() throws {
        #expect(try error("backup", "-") == [73, 5003])
        let stick = try station.run("bundle", "export", "-")
        #expect(stick.code == 73 && stick.json["error"]["code"].int == 5003)
        #expect(!FileManager.default.fileExists(atPath: "-"))
    }

    @Test func anAnswerDoesNotTakeTheBundlesPlace() throws {
        let bundle = folder.url.appending(path: "stick").path
        #expect(try station.run("bundle", "export", bundle).code == 0)
        let whole = try Data(contentsOf: URL(filePath: bundle))
        let link = folder.url.appending(path: "link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bundle)
        for reply in [bundle, link] {
            #expect(try error("bundle", "import", bundle, "--reply", reply) == [73, 5003])
            #expect(try Data(contentsOf: URL(filePath: bundle)) == whole)
        }
    }
}
