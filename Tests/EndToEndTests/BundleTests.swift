import Foundation
import ProgramRunner
import Testing

/// The built programs over a stick: no server need run, any mix with syncs comes to the same state.
@Suite struct BundleTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private static let village = "370404101201"

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    private func file(_ name: String) -> String { folder.url.appending(path: name).path }

    /// There and back, by files named after `name`; the answer's document.
    @discardableResult private func carry(_ station: VillageStation, _ name: String) throws -> JSON {
        let exported = try station.run("bundle", "export", file("\(name).out"))
        #expect(exported.code == 0, "\(exported.text) \(exported.errors)")
        let read = try server.command("bundle", "import", file("\(name).out"), "--reply", file("\(name).back"))
        #expect(read.code == 0, "\(read.text) \(read.errors)")
        let imported = try station.run("bundle", "import", file("\(name).back"))
        #expect(imported.code == 0, "\(imported.text) \(imported.errors)")
        return imported.json
    }

    private func digest(_ station: VillageStation) throws -> String? {
        try station.run("status").json["digest"].string
    }

    private func townshipDigest() throws -> String? {
        try server.command("status").json["scopes"].array
            .first { $0["scope"].string == Self.village }?["digest"].string
    }

    @Test func aStationWithoutANetworkWorksByStickAlone() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let b = try server.station("b", village: Self.village, staff: "李建国")
        server.stop()
        let household = try a.new("household", "number=001", "address=阴平镇一组")
        let exported = try a.run("bundle", "export", file("one"))
        #expect(exported.code == 0)
        #expect(exported.json["sets"].int == 1)
        #expect(exported.json["file"].string == file("one"))
        let bytes = try Data(contentsOf: URL(filePath: file("one")))
        #expect(exported.json["bytes"].int == bytes.count)
        #expect(bytes.range(of: Data("阴平镇一组".utf8)) == nil, "sealed")
        let mode = try FileManager.default.attributesOfItem(atPath: file("one"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let read = try server.command("bundle", "import", file("one"), "--reply", file("back"))
        #expect(read.code == 0, "\(read.text) \(read.errors)")
        for key in ["sets", "applied", "conflicted", "quarantined", "pulled", "file", "bytes"] {
            #expect(read.json.keys.contains(key), "\(key)")
        }
        let imported = try a.run("bundle", "import", file("back")).json
        #expect(imported["sets"].int == 1)
        #expect(imported["applied"].int == 1)
        #expect(try a.run("outbox").json["sets"].array.isEmpty)
        #expect(try a.show(household)["seq"].int == 1)
        #expect(try carry(b, "b")["pulled"].int == 1)
        #expect(try b.show(household)["fields"]["address"].string == "阴平镇一组")
        #expect(try digest(a) == townshipDigest())
        #expect(try digest(b) == townshipDigest())
    }

    @Test func sticksAndSyncsMixInAnyOrderWhileTheServerRuns() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let household = try a.new("household", "number=001", "address=一组")
        #expect(try a.run("bundle", "export", file("early")).code == 0)
        try a.sync()
        #expect(try a.run("edit", household, "address=二组").code == 0)
        #expect(try a.run("bundle", "export", file("late")).code == 0)
        // The later stick first, the older one after it, each twice, the answers the other way round.
        for name in ["late", "early", "late"] {
            let read = try server.command("bundle", "import", file(name), "--reply", file(name + ".back"))
            #expect(read.code == 0, "\(name) \(read.text)")
        }
        try a.sync()
        for name in ["early", "late", "early"] {
            let imported = try a.run("bundle", "import", file(name + ".back"))
            #expect(imported.code == 0, "\(name) \(imported.text) \(imported.errors)")
        }
        #expect(try server.command("status").json["seq"].int == 2)
        #expect(try a.show(household)["fields"]["address"].string == "二组")
        #expect(try digest(a) == townshipDigest())
        #expect(try a.sync()["pushed"]["sets"].int == 0)
        #expect(try server.command("nightly").code == 0)
    }

    @Test func conflictsAndRefusalsComeBackByStick() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let b = try server.station("b", village: Self.village, staff: "李建国")
        let household = try a.new("household", "number=001")
        let account = try a.new(
            "bank_account", "household=\(household)", "kind=折", "number=6222020200112233445", "bank=农商行")
        try a.sync()
        try b.sync()
        #expect(try a.run("edit", account, "number=6222020200112233446").code == 0)
        #expect(try b.run("edit", account, "number=6222020200112233447").code == 0)
        try a.sync()
        #expect(try carry(b, "b")["conflicted"].int == 1)
        #expect(try b.run("conflicts").json["conflicts"].array.count == 1)
    }

    @Test func whatIsNotForTheReaderIsRefusedWithTheReason() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let b = try server.station("b", village: Self.village, staff: "李建国")
        _ = try a.new("household", "number=001")
        #expect(try a.run("bundle", "export", file("one")).code == 0)
        let elsewhere = try TownshipServer(
            in: try subfolder("elsewhere"), name: "峨山镇", region: "370404102")
        let other = try elsewhere.command("bundle", "import", file("one"), "--reply", file("no"))
        #expect(other.code == 77)
        #expect(other.json["error"]["code"].int == 1013)
        var bytes = try Data(contentsOf: URL(filePath: file("one")))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: file("altered")))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: file("cut")))
        for name in ["altered", "cut"] {
            let refused = try server.command("bundle", "import", file(name), "--reply", file("no"))
            #expect(refused.code == 65, "\(name)")
            #expect(refused.json["error"]["code"].int == 1008)
        }
        #expect(try server.command("bundle", "import", file("one"), "--reply", file("back")).code == 0)
        #expect(try b.run("bundle", "import", file("back")).code == 77)
        #expect(try server.command("status").json["seq"].int == 1)
        _ = try a.new("household", "number=002")
        #expect(try a.run("bundle", "export", file("two")).code == 0)
        let device = try #require(try a.run("status").json["device"].string)
        #expect(try server.command("revoke", device, "--reason", "丢失").code == 0)
        let revoked = try server.command("bundle", "import", file("two"), "--reply", file("no"))
        #expect(revoked.code == 77)
        #expect(revoked.json["error"]["code"].int == 3005)
        #expect(!FileManager.default.fileExists(atPath: file("no")))
        // The revocation is the township's own act.
        #expect(try server.command("status").json["seq"].int == 2)
        #expect(try a.run("outbox").json["sets"].array.count == 2)
    }

    @Test func anExportLeavesAnotherPersonsFileAlone() throws {
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        try Data("letter".utf8).write(to: URL(filePath: file("letter")))
        #expect(try a.run("bundle", "export", file("letter")).code == 73)
        #expect(try String(contentsOfFile: file("letter"), encoding: .utf8) == "letter")
        #expect(try a.run("bundle", "export", file("nowhere/stick")).code == 73)
    }

    private func subfolder(_ name: String) throws -> URL {
        let url = folder.url.appending(path: name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }
}
