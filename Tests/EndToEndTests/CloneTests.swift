import Foundation
import ProgramRunner
import Testing

/// A data folder that was copied, or put back from an old copy: noticed, and neither copy loses or doubles anything.
@Suite struct CloneTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    private func copy(_ station: VillageStation, as name: String) throws -> VillageStation {
        let copy = VillageStation(in: folder.url, name: name)
        try FileManager.default.copyItem(at: station.folder, to: copy.folder)
        return copy
    }

    /// Two copies of one folder that went on apart: the second to sync takes another identity.
    private func forked() throws -> (VillageStation, VillageStation) {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        _ = try a.new("household", "number=1")
        try a.sync()
        let b = try copy(a, as: "b")
        _ = try a.new("household", "number=2")
        _ = try b.new("household", "number=3")
        try a.sync()
        try b.sync()
        return (a, b)
    }

    private func numbers() throws -> [String] {
        try server.command("list", "household").json["records"].array.compactMap { $0["fields"]["number"].string }
            .sorted()
    }

    @Test func bothCopiesGoOnAndKeepAllTheyTyped() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        let shared = try a.new("household", "number=1")
        try a.sync()
        _ = try a.new("household", "number=2")
        let b = try copy(a, as: "b")
        _ = try a.new("household", "number=3")
        _ = try b.new("household", "number=4")
        _ = try b.run("edit", shared, "address=乙")
        let device = try a.run("status").json["device"].string
        try a.sync()
        let synced = try b.sync()
        #expect(synced["outcome"].string == "complete")
        #expect(try a.run("status").json["device"].string == device)
        #expect(try b.run("status").json["device"].string != device, "the second to sync takes another identity")
        try a.sync()
        try b.sync()
        #expect(try numbers() == ["1", "2", "3", "4"])
        #expect(try server.command("show", shared).json["fields"]["address"].string == "乙")
        #expect(try server.command("conflicts").json["conflicts"].array.isEmpty, "its own past counts as seen")
        try expectEqual([a, b])
        // And on: both still work, and check out.
        _ = try a.new("household", "number=5")
        _ = try b.new("household", "number=6")
        try a.sync()
        try b.sync()
        try a.sync()
        #expect(try numbers() == ["1", "2", "3", "4", "5", "6"])
        try expectEqual([a, b])
        for station in [a, b] { #expect(try station.run("doctor", "--check-only").json["sound"].bool == true) }
    }

    /// The files of the device it was forked from are there too, and are not taken for its own.
    @Test(arguments: ["signing", "sealing"]) func aForkedStationsKeyThatIsGoneIsMendedFromItsCopy(name: String) throws {
        let (a, b) = try forked()
        try b.sync()
        let device = try #require(try b.run("status").json["device"].string)
        let key = b.folder.appending(path: "\(name)-\(device).key")
        let whole = try Data(contentsOf: key)
        try FileManager.default.removeItem(at: key)
        let stick = folder.url.appending(path: "x").path
        let refused = try b.run(name == "signing" ? ["sync"] : ["bundle", "export", stick])
        #expect(refused.code == 74, "\(refused.text)")
        #expect(refused.json["error"]["hint"].string?.contains("ruhu doctor") == true, "\(refused.text)")
        let doctor = try b.run("doctor")
        #expect(doctor.code == 0, "\(doctor.text)")
        #expect(doctor.json["repaired"].bool == true)
        #expect(try Data(contentsOf: key) == whole)
        try b.sync()
        try a.sync()
        #expect(try numbers() == ["1", "2", "3"])
    }

    @Test func aFolderPutBackFromAnOldCopyIsNoticedBeforeAnythingIsTyped() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        _ = try a.new("household", "number=1")
        try a.sync()
        let old = try copy(a, as: "old")
        let later = try a.new("household", "number=2")
        try a.sync()
        try old.sync()
        #expect(try old.show(later)["fields"]["number"].string == "2", "what it had typed itself comes back to it")
        _ = try old.run("edit", later, "address=三组")
        try old.sync()
        #expect(try server.command("show", later).json["fields"]["address"].string == "三组")
        try a.sync()
        try expectEqual([a, old])
    }

    @Test func aCopyOfACopyKeepsItsWholePast() throws {
        let (a, b) = try forked()
        let c = try copy(b, as: "c")
        _ = try b.new("household", "number=4")
        _ = try c.new("household", "number=5")
        try b.sync()
        try c.sync()
        for station in [a, b, c] { try station.sync() }
        #expect(try numbers() == ["1", "2", "3", "4", "5"])
        try expectEqual([a, b, c])
        #expect(try server.command("nightly").json["sound"].bool == true)
    }

    @Test func aCopyOfACopySharesAllThatBothHad() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        _ = try a.new("household", "number=1")
        try a.sync()
        let b = try copy(a, as: "b")
        _ = try a.new("household", "number=2")
        let own = try b.new("household", "number=3")
        try a.sync()
        try b.sync()
        let c = try copy(b, as: "c")
        _ = try b.new("household", "number=4")
        _ = try c.new("household", "number=5")
        try b.sync()
        try c.sync()
        #expect(try server.command("history", own).json["entries"].array.count == 1, "decided once")
        for station in [a, b, c] { try station.sync() }
        try expectEqual([a, b, c])
    }

    @Test func aForkedStationComesThroughARestore() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        _ = try a.new("household", "number=1")
        try a.sync()
        let backup = folder.url.appending(path: "ruhu.backup").path
        try #require(try server.command("backup", backup).code == 0)
        _ = try a.new("household", "number=2")
        try a.sync()
        let b = try copy(a, as: "b")
        _ = try a.new("household", "number=3")
        _ = try b.new("household", "number=4")
        try a.sync()
        try b.sync()
        server.stop()
        try FileManager.default.removeItem(at: server.folder)
        try #require(try server.command("restore", backup).code == 0)
        try server.start()
        // The copy comes first: it brings what both had in common, too.
        try b.sync()
        #expect(try numbers() == ["1", "2", "4"])
        try a.sync()
        try b.sync()
        #expect(try numbers() == ["1", "2", "3", "4"])
        try expectEqual([a, b])
    }

    private func expectEqual(_ stations: [VillageStation]) throws {
        let scopes = try server.command("status").json["scopes"].array
        for station in stations {
            let status = try station.run("status").json
            for own in status["scopes"].array {
                let theirs = scopes.first { $0["scope"].string == own["scope"].string }
                #expect(own["digest"].string == theirs?["digest"].string ?? String(repeating: "0", count: 64))
            }
            #expect(status["pendingSets"].int == 0)
        }
    }
}
