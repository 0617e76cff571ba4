import Foundation
import ProgramRunner
import Testing

/// A station that was away so long that the township no longer keeps what it would need to catch up.
@Suite struct StaleTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    @Test func itFetchesAnewAndKeepsWhatItTypedWithItsBases() throws {
        let (a, b) = (
            try server.station("a", village: "370404101201", staff: "甲"),
            try server.station("b", village: "370404101201", staff: "乙")
        )
        let kept = try a.new("household", "number=1", "address=一组")
        let gone = try a.new("household", "number=2")
        try a.sync()
        try b.sync()
        _ = try b.run("edit", kept, "head=0190f0f0-0000-7000-8000-000000000001")
        _ = try a.run("edit", kept, "head=0190f0f0-0000-7000-8000-000000000002")
        _ = try a.run("delete", gone, "--reason", "误录")
        try a.sync()
        try a.sync()
        let nightly = try server.command("nightly", "--silent-days", "0").json
        #expect(nightly["sound"].bool == true)
        #expect(nightly["collected"].int == 1)
        // Typed while the station fetches anew.
        let typing = Thread { for number in 100..<110 { _ = try? b.run("new", "household", "number=\(number)") } }
        typing.start()
        #expect(try b.sync()["outcome"].string == "complete")
        while !typing.isFinished { Thread.sleep(forTimeInterval: 0.02) }
        try b.sync()
        #expect(try b.run("show", gone).code == 65, "what was deleted and collected is not there")
        #expect(try server.command("conflicts").json["conflicts"].array.count == 1, "the edit kept its base")
        let numbers = try server.command("list", "household").json["records"].array.compactMap {
            $0["fields"]["number"].string
        }
        #expect(Set(numbers) == Set(["1"] + (100..<110).map(String.init)))
        try a.sync()
        let scopes = try server.command("status").json["scopes"].array
        for station in [a, b] {
            let own = try station.run("status").json
            #expect(own["digest"].string == scopes.first { $0["scope"].string == "370404101201" }?["digest"].string)
            #expect(own["pendingSets"].int == 0)
        }
    }

    @Test func aTownshipThatChangesItsHistoryAgainAndAgainIsNotFollowedForEver() throws {
        let a = try server.station("a", village: "370404101201", staff: "甲")
        _ = try a.new("household", "number=1")
        try a.sync()
        // Two townships behind one address, of which each says that the other is over.
        let backup = folder.url.appending(path: "ruhu.backup").path
        try #require(try server.command("backup", backup).code == 0)
        server.stop()
        let twin = folder.url.appending(path: "twin")
        try FileManager.default.moveItem(at: server.folder, to: twin)
        try #require(try server.command("restore", backup).code == 0)
        var codes: [Int32] = []
        while codes.last != 77, codes.count < 20 {
            try server.start()
            _ = try a.new("household", "number=2")
            codes.append(try a.run("sync").code)
            server.stop()
            let aside = folder.url.appending(path: "aside")
            try FileManager.default.moveItem(at: server.folder, to: aside)
            try FileManager.default.moveItem(at: twin, to: server.folder)
            try FileManager.default.moveItem(at: aside, to: twin)
        }
        #expect(codes.last == 77, "\(codes)")
        #expect(try a.run("outbox").json["sets"].array.count > 0, "what is unsent is kept")
    }
}
