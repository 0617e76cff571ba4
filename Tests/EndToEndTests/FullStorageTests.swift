import Foundation
import ProgramRunner
import Testing

/// A full disk on the station, tried on a small file system in memory.
@Suite struct FullStorageTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
    }

    /// A file system of its own; `nil` where the machine does not let us mount one.
    private func mount(mebibytes: Int) throws -> Mounted? {
        let place = folder.url.appending(path: "small")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return Mounted(place, mebibytes: mebibytes)
    }

    @Test func itIsNoticedBeforeItCorruptsAndToldToTheUser() throws {
        guard let mounted = try mount(mebibytes: 48) else {
            print("skipped: this machine does not let a test mount a file system")
            return
        }
        let a = VillageStation(in: mounted.place, name: "a")
        let joined = try a.run("join", server.url, try server.invite(village: "370404101201", staff: "王秀英"))
        #expect(joined.code == 0, "\(joined.errors)")
        let household = try a.new("household", "number=001")
        let photo = folder.url.appending(path: "photo.jpg")
        try Data(count: 1_000_000).write(to: photo)
        try mounted.fill(leaving: 8)
        for arguments in [
            ["new", "household", "number=002"], ["edit", household, "address=一组"],
            ["attach", household, photo.path, "--kind", "photo"], ["sync"],
        ] {
            let refused = try a.run(arguments)
            #expect(refused.code == 74, "\(arguments): \(refused.text)")
            #expect(refused.json["error"]["code"].int == 5005)
            #expect(refused.errors.contains("storage is full"))
        }
        // Reading goes on, and nothing that was saved is gone.
        #expect(try a.show(household)["fields"]["number"].string == "001")
        #expect(try a.run("outbox").json["sets"].array.count == 1)
        #expect(try a.run("doctor").json["sound"].bool == true)
        try mounted.empty()
        #expect(try a.run("attach", household, photo.path, "--kind", "photo").code == 0)
        try a.sync()
        #expect(try server.command("show", household).json["fields"]["number"].string == "001")
    }
}

/// A mounted file system that goes away with its owner.
private final class Mounted {
    let place: URL
    private var filler: URL { place.appending(path: "filler") }

    init?(_ place: URL, mebibytes: Int) {
        self.place = place
        guard Self.run("mount", ["-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", place.path]) else { return nil }
    }

    deinit { _ = Self.run("umount", ["-l", place.path]) }

    /// - Parameter leaving: mebibytes that stay free.
    func fill(leaving: Int) throws {
        let values = try FileManager.default.attributesOfFileSystem(forPath: place.path)
        let free = (values[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        try Data(count: max(0, free - leaving * 1024 * 1024)).write(to: filler)
    }

    func empty() throws { try FileManager.default.removeItem(at: filler) }

    private static func run(_ name: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
