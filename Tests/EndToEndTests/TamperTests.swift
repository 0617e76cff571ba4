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
        #expect(try server.command("nightly").json["notice"].string != nil, "what a station found, the night is told")
        #expect(try server.command("nightly").json["notice"].string == nil)
    }

    /// A record's row and digest, changed and changed back before the night: a station is told what the log says.
    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"))
    func whatSomebodyChangedForAWhileReachesNoStation() throws {
        let household = try station.new("household", "number=002", "address=一组")
        try station.sync()
        try server.tamper(
            """
            CREATE TABLE aside AS SELECT * FROM scope_digest; UPDATE scope_digest SET digest = zeroblob(32);
            UPDATE household SET address = '改过的'
            """)
        let second = try server.station("b", village: Self.village, staff: "李建国")
        for station in [station, second] {
            let told = try station.run("sync")
            #expect(told.code != 0 && told.json["complete"].bool != true, "\(told.text)")
            #expect(try station.show(household)["fields"]["address"].string == "一组")
        }
        try server.tamper("DELETE FROM scope_digest; INSERT INTO scope_digest SELECT * FROM aside")
        for station in [station, second] {
            try station.sync()
            #expect(try station.show(household)["fields"]["address"].string == "一组")
        }
    }

    /// The same keys, the same beginning, another continuation, longer than the true one.
    /// - Returns: the size at which they part, and what `second` wrote.
    private func rewrite() throws -> (common: Int, household: String) {
        let common = try #require(try station.run("status").json["treeHead"]["size"].int)
        server.stop()
        let other = folder.url.appending(path: "copy")
        try copy(from: server.folder, to: other) { _ in true }
        try server.start()
        try sync(2)
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        try copy(from: other, to: server.folder) { _ in true }
        try server.start()
        let second = try server.station("b", village: Self.village, staff: "李建国")
        var household = ""
        for number in 0..<4 { household = try second.new("household", "number=2\(number)") }
        try second.sync()
        return (common, household)
    }

    @Test func aHistoryRewrittenForOneStationIsRefusedByIt() throws {
        _ = try rewrite()
        let before = try station.run("status").json
        let refused = try station.run("sync")
        #expect(refused.code == 77)
        #expect(refused.json["error"]["name"].string == "history-rewritten")
        let after = try station.run("status").json
        #expect(after["cursor"].int == before["cursor"].int, "nothing of it was applied")
        #expect(after["digest"].string == before["digest"].string)
        #expect(after["evidence"].array.first?["refusal"].string == "rewritten")
    }

    /// Each is shown a history that goes on from what it saw; only side by side they contradict each other.
    @Test func twoStationsThatAreShownTwoHistoriesFindIt() throws {
        let second = try server.station("c", village: Self.village, staff: "赵敏")
        try second.sync()
        let file = folder.url.appending(path: "status.json").path
        func tell(_ station: VillageStation) throws {
            try station.program.run(["status", "--json"]).text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        try sync(1)
        try tell(station)
        let same = try second.run("evidence", "compare", file)
        #expect(same.code == 0 && same.json["heads"][0]["result"].string == "same", "\(same.text)")
        try tell(second)
        #expect(try station.run("evidence", "compare", file).code == 0)

        _ = try rewrite()
        _ = try second.new("household", "number=300")
        try second.sync()
        try tell(station)
        let other = try second.run("evidence", "compare", file)
        #expect(other.code == 77 && other.json["heads"][0]["result"].string == "rewritten", "\(other.text)")
        let kept = try second.run("evidence").json["evidence"].array
        #expect(kept.count == 1 && kept[0]["refusal"].string == "rewritten")
        try Data("{}".utf8).write(to: URL(filePath: file))
        #expect(try second.run("evidence", "compare", file).code == 65)
    }

    /// A head from before the place where it was rewritten speaks for it as well as for the true one.
    @Test func aProofFromARewrittenHistoryDoesNotLeadFromTheLastHead() throws {
        let (common, household) = try rewrite()
        let last = try #require(try station.run("status").json["treeHead"]["size"].int)
        #expect(last > common)
        let proof = folder.url.appending(path: "proof.json").path
        try server.command("audit", "prove", household, "--head", "\(common)").text.write(
            toFile: proof, atomically: true, encoding: .utf8)
        let earlier = try station.run("verify-proof", proof)
        #expect(earlier.code == 65 && earlier.json["head"].string == "unproven", "\(earlier.text)")
        try server.command("audit", "prove", household, "--head", "\(last)").text.write(
            toFile: proof, atomically: true, encoding: .utf8)
        let later = try station.run("verify-proof", proof)
        #expect(later.code == 65 && later.json["head"].string == "contradicts", "\(later.text)")
    }

    // MARK: - A history that is lost

    /// A township as it was before a history began in which another station joined.
    /// - Returns: that station.
    private func loseAHistory() throws -> VillageStation {
        server.stop()
        let before = folder.url.appending(path: "before")
        let older = folder.url.appending(path: "older")
        try copy(from: server.folder, to: older) { $0.hasPrefix("authority.sqlite") }
        try copy(from: server.folder, to: before) { _ in true }
        try server.start()
        try sync(2)
        server.stop()
        for name in try FileManager.default.contentsOfDirectory(atPath: server.folder.path)
        where name.hasPrefix("authority.sqlite") {
            try FileManager.default.removeItem(at: server.folder.appending(path: name))
        }
        try copy(from: older, to: server.folder) { _ in true }
        try server.start()
        let joined = try server.station("b", village: Self.village, staff: "李建国")
        _ = try joined.new("household", "number=800")
        try joined.sync()
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        try copy(from: before, to: server.folder) { _ in true }
        try server.start()
        return joined
    }

    private func histories() throws -> [String] {
        try server.command("audit", "verify").json["histories"].array.compactMap { $0["reason"].string }
    }

    @Test func aStationThatJoinedInALostHistoryComesHome() throws {
        let joined = try loseAHistory()
        #expect(try joined.run("sync").json["error"]["code"].int == 4015)
        let mended = try joined.run("sync")
        #expect(mended.code == 0, "\(mended.text) \(mended.errors)")
        #expect(try histories() == ["init", "lost", "copy"])
        #expect(try server.command("list", "household").json["records"].array.count == 2)
        // What it shows of the lost history was told, and speaks against nobody.
        let status = folder.url.appending(path: "status.json").path
        try joined.program.run(["status", "--json"]).text.write(toFile: status, atomically: true, encoding: .utf8)
        #expect(try server.command("audit", "verify", "--heads", status).code == 0)
        try station.sync()
        #expect(try station.run("evidence", "compare", status).code == 0)
    }

    /// One new history for each that is lost, however often it is shown.
    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"))
    func aHistoryThatIsLostIsShownOnce() throws {
        let joined = try loseAHistory()
        let replica = joined.folder.appending(path: "replica.sqlite")
        for _ in 0..<3 {
            try Tampering.run("DELETE FROM meta WHERE key = 'ancestors'", on: replica)
            #expect(try joined.run("sync").json["error"]["code"].int == 4015)
        }
        #expect(try histories() == ["init", "lost", "copy"])
    }

    // MARK: - Behind a new history

    /// Brings the township back as `backup` has it, which is a new history.
    private func restore(_ backup: String) throws {
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        let restored = try server.command("restore", backup)
        try #require(restored.code == 0, "\(restored.text) \(restored.errors)")
        try server.start()
    }

    @Test func aNewHistoryThatLeavesSomethingBehindIsToldUntilAPersonHasAsked() throws {
        let backup = folder.url.appending(path: "ruhu.backup").path
        let common = try #require(try station.run("status").json["treeHead"]["size"].int)
        #expect(try server.command("backup", backup).code == 0)
        try sync(3)
        let held = try #require(try station.run("status").json["treeHead"]["size"].int)
        try restore(backup)
        let mended = try station.run("sync")
        #expect(mended.code == 0 && mended.json["evidence"].int == 1, "\(mended.text)")
        let found = try station.run("evidence").json["evidence"].array
        #expect(found.count == 1 && found[0]["refusal"].string == "parted")
        #expect(found[0]["held"]["size"].int == held)
        #expect(found[0]["fork"].int == common && found[0]["common"].int == common)
        #expect(try station.program.run(["sync"]).text.contains("see ruhu evidence"), "until a person has asked")
        let doctor = try station.run("doctor", "--check-only")
        #expect(doctor.code == 0, "a township may be restored")
        #expect(doctor.json["checks"].array.contains { $0["detail"].string == "ruhu evidence" })

        #expect(try station.run("evidence", "dismiss").code == 64)
        #expect(try station.run("evidence", "dismiss", "99").code == 65)
        #expect(try station.run("evidence", "dismiss", "--all").json["count"].int == 1)
        #expect(try station.run("sync").json["evidence"].int == 0)
        #expect(try station.run("evidence").json["count"].int == 0)
        let kept = try station.run("evidence", "--all").json["evidence"].array
        #expect(kept.first?["dismissedBy"].string == "王秀英" && kept.first?["held"]["size"].int == held)
    }

    @Test func aNewHistoryThatHoldsEverythingIsNothingToTell() throws {
        let backup = folder.url.appending(path: "ruhu.backup").path
        try sync(3)
        #expect(try server.command("backup", backup).code == 0)
        try restore(backup)
        #expect(try station.run("sync").json["evidence"].int == 0)
        #expect(try station.run("evidence", "--all").json["count"].int == 0)
    }

    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"))
    func aRewriteBehindAHistoryThatSaysItSharesNothingIsTold() throws {
        let backup = folder.url.appending(path: "ruhu.backup").path
        #expect(try server.command("backup", backup).code == 0)
        let household = try station.new("household", "number=900", "address=一组")
        try sync(3)
        let held = try #require(try station.run("status").json["treeHead"]["size"].int)
        try restore(backup)
        server.stop()
        try server.tamper("UPDATE epoch SET fork_seq = 0 WHERE parent IS NOT NULL")
        try server.start()
        let mended = try station.run("sync")
        #expect(mended.json["evidence"].int == 1, "\(mended.text) \(mended.errors)")
        let found = try #require(try station.run("evidence").json["evidence"].array.first)
        #expect(found["held"]["size"].int == held && found["fork"].int == 0 && found["common"].int == 0)
        try station.sync()
        #expect(try server.command("show", household).json["fields"]["address"].string == "一组")
    }

    /// Whoever writes histories into the database: where they fork, and what comes after what.
    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"))
    func aWayBackToAHistoryThatWasLeftIsTold() throws {
        let backup = folder.url.appending(path: "ruhu.backup").path
        let older = folder.url.appending(path: "older")
        #expect(try server.command("backup", backup).code == 0)
        try sync(3)
        let held = try #require(try station.run("status").json["treeHead"]["size"].int)
        server.stop()
        try copy(from: server.folder, to: older) { _ in true }
        try restore(backup)
        try station.sync()
        #expect(try station.run("evidence", "dismiss", "--all").json["count"].int == 1)
        _ = try station.new("household", "number=700")
        try station.sync()
        func begin(_ epoch: String, forkingAt fork: Int) throws {
            try server.tamper(
                """
                INSERT INTO epoch SELECT x'\(epoch)', value, \(fork), 0, 'restore' FROM meta WHERE key = 'epoch';
                UPDATE meta SET value = x'\(epoch)' WHERE key = 'epoch';
                """)
        }
        server.stop()
        try server.tamper("UPDATE epoch SET fork_seq = 1000000 WHERE parent IS NOT NULL")
        try begin("0190f0f000007000800000000000000e", forkingAt: 1_000_000)
        #expect(try server.command("audit", "verify").code == 74, "nobody began it")
        #expect(try server.command("status").errors.contains("0190f0f0-0000-7000-8000-00000000000e"))
        #expect(try server.command("nightly").json["notice"].string == "epoch 0190f0f0-0000-7000-8000-00000000000e")
        try server.start()
        try station.sync()
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        try copy(from: older, to: server.folder) { _ in true }
        try begin("0190f0f000007000800000000000000f", forkingAt: held)
        try server.start()
        let back = try station.run("sync")
        #expect(back.json["error"]["code"].int == 4015 || back.json["evidence"].int == 1, "\(back.text)")
    }
}
