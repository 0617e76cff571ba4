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
        #expect(!refused.text.contains("还没有登记"))
        #expect(try station.run("status").json["server"].string == server.url)
        try station.sync()
    }

    @Test func anotherTownshipIsNotFollowed() throws {
        let (own, other) = (try township("a"), try township("b"))
        let station = try own.station("station", village: village, staff: "王秀英")
        _ = try station.new("household", "number=1")
        try station.sync()
        _ = try station.new("household", "number=2")
        #expect(try station.run("join", other.url).code == 77)
        #expect(try station.run("status").json["server"].string == own.url)
        #expect(try station.sync()["pushed"]["sets"].int == 1)
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
