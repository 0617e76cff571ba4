import Foundation
import ProgramRunner
import Testing

/// A disk without room: at the station and at the server. Where the machine gives no mounts, they are skipped.
@Suite(.enabled("needs a tmpfs of its own (root)") { Mount.refusal == nil })
struct FullDiskTests {
    private static let village = "370404101201"
    /// What is left of the disk when the commands run, in KiB: nothing, less and more than SQLite's files need.
    private static let left = [0, 4, 36, 60, 100, 200, 20, 0]

    @Test func aFullStationRefusesClearlyAndLosesNothing() async throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let disk = folder.url.appending(path: "disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        let mount = try Mount(disk: disk, bytes: 40 << 20)
        let station = VillageStation(in: mount.url, name: "a")
        _ = try station.joinPatiently(server.url, code: try server.invite(village: Self.village, staff: "王秀英"))
        var confirmed = [try station.new("household", "number=0")]
        try station.sync()
        var refusals = 0
        for (round, kibibytes) in Self.left.enumerated() {
            let ballast = try Ballast(on: disk, leaving: kibibytes * 1_024)
            for index in 0..<4 {
                let made = try station.run("new", "household", "number=\(round)-\(index)", "remarks=\(Self.text)")
                #expect([0, 74].contains(made.code), "\(kibibytes): \(made.code) \(made.text) \(made.errors)")
                if made.code == 0 { confirmed.append(try #require(made.json["id"].string)) }
                if made.code == 74 {
                    refusals += 1
                    #expect(made.json["error"]["code"].int == 5005, "\(kibibytes): \(made.errors)")
                }
            }
            let read = try station.run("status")
            #expect(read.code == 0 || read.json["error"]["code"].int == 5005, "\(kibibytes): \(read.errors)")
            let synced = try await onThread { try station.run("sync") }
            #expect([0, 74].contains(synced.code), "\(kibibytes): \(synced.code) \(synced.text) \(synced.errors)")
            ballast.remove()
            for id in confirmed { #expect(try station.run("show", id).code == 0, "\(kibibytes) KiB left: \(id)") }
            if round % 2 == 0 { try station.sync() }
        }
        #expect(refusals > 0, "the disk was never full")
        try station.sync()
        #expect(try server.faults(atRest: [station]) == [])
        for id in confirmed { #expect(try server.command("show", id).code == 0) }
        withExtendedLifetime(mount) {}
    }

    @Test func aFullServerHoldsThePushesAndGoesOnWhenThereIsRoom() async throws {
        let folder = try TemporaryFolder()
        let disk = folder.url.appending(path: "disk")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        let mount = try Mount(disk: disk, bytes: 16 << 20)
        let server = try TownshipServer(in: mount.url)
        try server.start()
        var stations: [VillageStation] = []
        for index in 0..<3 {
            let station = VillageStation(in: folder.url, name: "s\(index)")
            _ = try station.joinPatiently(
                server.url, code: try server.invite(village: Self.village, staff: "协\(index)"))
            _ = try station.new("household", "number=0")
            stations.append(station)
        }
        for kibibytes in [0, 64, 8] {
            let ballast = try Ballast(on: disk, leaving: kibibytes * 1_024)
            for station in stations {
                _ = try station.run("new", "-", input: KillWorker.documents(count: 200, prefix: station.name).0)
            }
            let outcomes = try await withThrowingTaskGroup(of: Program.Outcome.self) { group in
                for station in stations { group.addTask { try await onThread { try station.run("sync") } } }
                return try await group.reduce(into: [Program.Outcome]()) { $0.append($1) }
            }
            // The township's disk is not this station's matter: its work waits, and it is told to try again.
            for outcome in outcomes { #expect([0, 75].contains(outcome.code), "\(kibibytes): \(outcome.text)") }
            if kibibytes == 0 { #expect(outcomes.contains { $0.code == 75 }, "the disk was never full") }
            let invited = try server.command("invite", "--village", Self.village, "--staff", "无人")
            #expect([0, 74].contains(invited.code), "\(invited.text)")
            if kibibytes == 0 {
                let refused = try server.command("backup", disk.appending(path: "ruhu.backup").path)
                #expect(refused.code == 74 && refused.json["error"]["code"].int == 5005, "\(refused.errors)")
            }
            ballast.remove()
            for station in stations { _ = try station.syncPatiently(tries: 3) }
        }
        for station in stations { try station.sync() }
        #expect(try server.faults(atRest: stations) == [])
        #expect(server.stop() == 0, "it served through all of it")
        withExtendedLifetime(mount) {}
    }

    private static let text = String(repeating: "甲", count: 400)
}
