import Foundation
import ProgramRunner
import Testing

/// The night job is a user of its own.
@Suite struct NightJobTests {
    private static let deploy = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy")

    @Test func itSyncsKeepsALogAndExitsByTheTable() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        _ = try station.new("household", "number=001")
        let night = try station.run("sync", "--nightly", "--jitter-minutes", "0", "--window-minutes", "0")
        #expect(night.code == 0, "\(night.errors)")
        server.stop()
        let next = try station.run("sync", "--nightly", "--jitter-minutes", "0", "--window-minutes", "0")
        #expect(next.code == 69)
        let nights = try station.run("status").json["nights"].array
        #expect(nights.compactMap { $0["outcome"].string } == ["unreachable", "complete"])
    }

    @Test func itNeverOverlapsItself() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        let descriptor = open(station.folder.appending(path: "sync.lock").path, O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(try station.run("sync").code == 75)
        #expect(flock(descriptor, LOCK_UN) == 0)
        #expect(try station.run("sync").code == 0)
    }

    @Test func theTownshipsNightVerifiesLogAndDigests() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        let household = try station.new("household", "number=001")
        for name in ["张三", "张三丰"] {
            _ = try station.new("member", "household=\(household)", "name=\(name)", "id_number=11010519491231002X")
        }
        try station.sync()
        let night = try server.command("nightly")
        #expect(night.code == 0, "\(night.text) \(night.errors)")
        #expect(night.json["sound"].bool == true)
        #expect(night.json["sets"].int == 4, "the fourth proposes what was found at merge")
        #expect(night.json["duplicates"].array.count == 1)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
    func theUnitsAreWellFormed() throws {
        let folder = try TemporaryFolder()
        for unit in try FileManager.default.contentsOfDirectory(atPath: Self.deploy.path) {
            let text = try String(contentsOf: Self.deploy.appending(path: unit), encoding: .utf8)
            // The programs and the user are not installed where tests run; everything else is checked as it is.
            let local = text.replacingOccurrences(of: "/usr/bin/ruhu-server", with: "/bin/true")
                .replacingOccurrences(of: "/usr/bin/ruhu", with: "/bin/true")
            try local.write(to: folder.url.appending(path: unit), atomically: true, encoding: .utf8)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/systemd-analyze")
        process.arguments =
            ["verify", "--man=no"]
            + (try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()).map {
                folder.url.appending(path: $0).path
            }
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let about = said.split(separator: "\n").filter { $0.contains("ruhu") }
        #expect(about.isEmpty, "\(said)")
    }
}
