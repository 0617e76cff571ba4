import Foundation
import ProgramRunner
import Testing

/// The township answers at another address: its stations follow it, and nobody else's server.
@Suite struct NewAddressTests {
    private let folder: TemporaryFolder
    private let village = "370404101201"

    init() throws { folder = try TemporaryFolder() }

    private func township(_ name: String, isPlain: Bool = true) throws -> TownshipServer {
        let server = try TownshipServer(in: folder.url.appending(path: name), isPlain: isPlain)
        try server.start()
        return server
    }

    @Test func aStationFollowsItsTownship() throws {
        let old = try township("a")
        let station = VillageStation(in: folder.url, name: "station")
        let code = try old.invite(village: village, staff: "王秀英")
        let joined = try station.run("join", old.url, code)
        let first = try station.new("household", "number=1")
        try station.sync()
        old.stop()
        let second = try station.new("household", "number=2")
        let new = TownshipServer(serving: old.folder)
        try new.start()
        try #require(new.url != old.url)
        #expect(try station.run("sync").code == 69)

        let followed = try station.run("join", new.url)
        #expect(followed.code == 0, "\(followed.text)")
        #expect(followed.json["device"].string == joined.json["device"].string)
        #expect(try station.run("status").json["server"].string == new.url)
        #expect(try station.sync()["pushed"]["sets"].int == 1)
        for id in [first, second] { #expect(try new.command("show", id).code == 0) }
        // Whoever still has the code may say it; another one is for another station.
        #expect(try station.run("join", new.url, code).code == 0)
        #expect(try station.run("join", new.url, new.invite(village: village, staff: "王秀英")).code == 73)
    }

    @Test func anAddressWhereNobodyAnswersIsNotKept() throws {
        let server = try township("a")
        let station = try server.station("station", village: village, staff: "王秀英")
        let gone = try township("b")
        gone.stop()
        let refused = try station.run("join", gone.url)
        #expect(refused.code == 69)
        #expect(refused.text.contains("The address was not changed"), "\(refused.text)")
        #expect(!refused.text.contains("not enrolled yet"), "\(refused.text)")
        #expect(try station.run("status").json["server"].string == server.url)
        try station.sync()
    }

    @Test func anotherTownshipIsNotFollowed() throws {
        let (own, other) = (try township("a"), try township("b"))
        let station = try own.station("station", village: village, staff: "王秀英")
        _ = try station.new("household", "number=1")
        try station.sync()
        _ = try station.new("household", "number=2")
        let refused = try station.run("join", other.url)
        #expect(refused.code == 77)
        #expect(refused.json["error"]["code"].int == 3009, "\(refused.text)")
        #expect(try station.run("status").json["server"].string == own.url)
        #expect(try station.sync()["pushed"]["sets"].int == 1)
        // A slip accuses nobody.
        #expect(try station.run("doctor").code == 0)
    }

    @Test func anOlderCopyIsNotFollowedAndNotChanged() throws {
        let own = try township("a")
        let station = try own.station("station", village: village, staff: "王秀英")
        _ = try station.new("household", "number=1")
        try station.sync()
        own.stop()
        let copy = folder.url.appending(path: "copy")
        try FileManager.default.copyItem(at: own.folder, to: copy)
        try own.start()
        _ = try station.new("household", "number=2")
        try station.sync()
        let stale = TownshipServer(serving: copy)
        try stale.start()
        for _ in 0..<2 {
            let refused = try station.run("join", stale.url)
            #expect(refused.code == 77)
            #expect(refused.json["error"]["code"].int == 4015, "\(refused.text)")
        }
        let epochs = try [own, stale].map { try $0.command("status").json["epoch"].string }
        #expect(epochs[0] == epochs[1])
        try station.sync()
        #expect(try station.run("doctor").code == 0)
    }

    @Test func whatHappensBetweenTheReplicaAndItsMemoryIsNoDamage() throws {
        let old = try township("a")
        let station = try old.station("station", village: village, staff: "王秀英")
        let remembered = station.folder.appending(path: "station")
        let before = try Data(contentsOf: remembered)
        _ = try station.new("household", "number=1")
        old.stop()
        let new = TownshipServer(serving: old.folder)
        try new.start()
        #expect(try station.run("join", new.url).code == 0)
        // As if the power had gone before it was written down.
        try before.write(to: remembered)
        #expect(try station.run("doctor").code == 0)
        #expect(try station.run("status").json["server"].string == new.url)
        #expect(try station.sync()["pushed"]["sets"].int == 1)
    }

    @Test func anAddressIsWithoutQueryAndFragment() throws {
        let server = try township("a")
        let station = try server.station("station", village: village, staff: "王秀英")
        for odd in ["\(server.url)/v1/hello#", "\(server.url)?a=b", "\(server.url)/#x"] {
            #expect(try station.run("join", odd).code == 65, "\(odd)")
        }
        try station.sync()
    }

    @Test func aStationOfTheServersOwnMachineComesToTLSByItsCode() throws {
        let plain = try township("a")
        let code = try plain.invite(village: village, staff: "王秀英")
        let station = VillageStation(in: folder.url, name: "station")
        #expect(try station.run("join", plain.url, code).code == 0)
        _ = try station.new("household", "number=1")
        plain.stop()
        let secure = TownshipServer(serving: plain.folder, isPlain: false)
        try secure.start()
        let asked = try station.run("join", secure.url)
        #expect(asked.code == 65)
        #expect(asked.text.contains("ruhu join URL CODE"), "\(asked.text)")
        #expect(try station.run("join", secure.url, code).code == 0)
        #expect(try station.sync()["pushed"]["sets"].int == 1)
        secure.stop()
        try plain.start()
        #expect(try station.run("join", plain.url).code == 65)
    }

    @Test func overTLSTheKeySaysWhoseAddressItIs() throws {
        let (own, other) = (try township("a", isPlain: false), try township("b", isPlain: false))
        let station = try own.station("station", village: village, staff: "王秀英")
        _ = try station.new("household", "number=1")
        let refused = try station.run("join", other.url)
        #expect(refused.code == 77)
        #expect(refused.json["error"]["code"].int == 3009, "\(refused.text)")
        let named = "https://localhost:\(own.port)"
        #expect(try station.run("join", named).code == 0)
        #expect(try station.run("status").json["server"].string == named)
        #expect(try station.sync()["pushed"]["sets"].int == 1)
    }

    @Test func withoutACodeNobodyBecomesAMember() throws {
        let server = try township("a")
        let stranger = VillageStation(in: folder.url, name: "stranger")
        let refused = try stranger.run("join", server.url)
        #expect(refused.code == 77)
        #expect(refused.json["error"]["code"].int == 1002)
        #expect(!FileManager.default.fileExists(atPath: stranger.folder.path))
    }
}
