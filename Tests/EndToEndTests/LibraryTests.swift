import Foundation
import ProgramRunner
import Testing

/// What a program loads: libcurl, with all that stands behind it, when it goes to the network and not before.
@Suite struct LibraryTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: "370404101201", staff: "王秀英")
    }

    private func loads(_ outcome: Program.Outcome) -> Bool { outcome.errors.contains("libcurl.so.4") }

    @Test func onlyWhatGoesToTheNetworkLoadsLibcurl() throws {
        var station = station
        // The loader's own account of the files it opens, on standard error.
        station.program.environment["LD_DEBUG"] = "files"
        let made = try station.run("new", "household", "number=1")
        #expect(made.code == 0)
        #expect(made.errors.contains("libsqlite3.so.0"))
        #expect(!loads(made))
        #expect(try !loads(station.run("find", "1")))
        let synced = try station.run("sync")
        #expect(synced.code == 0)
        #expect(loads(synced))
    }

    @Test func withoutLibcurlEverythingButTheNetworkWorks() throws {
        var station = station
        try Data("no library".utf8).write(to: folder.url.appending(path: "libcurl.so.4"))
        station.program.environment["LD_LIBRARY_PATH"] = folder.url.path
        let id = try station.new("household", "number=1")
        let refused = try station.run("sync")
        #expect(refused.code == 69)
        #expect(refused.json["error"]["code"].int == 5010)
        #expect(refused.text.contains("apt install libcurl4"))
        #expect(refused.errors.contains("libcurl.so.4"))
        station.program.environment["LD_LIBRARY_PATH"] = nil
        #expect(try station.sync()["pushed"]["sets"].int == 1)
        #expect(try station.show(id)["id"].string == id)
    }
}
