import Foundation
import ProgramRunner
import Testing

/// `bundle export`, `bundle import` on both sides, `attach`, `backup` and `restore` ended by SIGKILL wherever they are.
@Suite struct StickKillTests {
    /// Kills; `RUHU_STICK_KILLS` raises it for a long run.
    private static let kills = ProcessInfo.processInfo.environment["RUHU_STICK_KILLS"].flatMap { Int($0) } ?? 60

    @Test func whatWasConfirmedSurvivesEveryKillOfAStick() async throws {
        let seed = Dice.seedOfRun
        let village = try StickVillage()
        let station = try village.server.station("a", village: "370404101201", staff: "王秀英")
        village.server.stop()
        try village.settle(station)
        let worker = KillWorker(
            station: station, desk: village.server.program, url: village.server.url,
            map: village.folder.url, village: "370404101201", dice: Dice(seed))
        let folder = village.folder.url
        let done = try await onThread {
            var stick = KilledStick(worker: worker, folder: folder)
            try stick.run(kills: Self.kills)
            return stick
        }
        while try village.carry(station).imported.json["waiting"].int != 0 {}
        try village.settle(station)
        #expect(done.worker.strange.isEmpty, "RUHU_SEED=\(seed) \(done.worker.strange)")
        try village.expectEqual([station])
        let records = try village.server.command("list", "household", "--all", "--limit", "100000").json["records"]
            .array
        let addresses = Dictionary(
            records.map { ($0["id"].string ?? "", $0["fields"]["address"].string ?? "0") },
            uniquingKeysWith: { first, _ in first })
        #expect(done.worker.losses(addresses: addresses, numbers: [:]) == [], "RUHU_SEED=\(seed)")
        for (id, photo) in done.attached {
            let fields = try station.show(id)["fields"]
            #expect(fields["arrived_at"].string != nil, "RUHU_SEED=\(seed) \(id)")
            #expect(try village.blob(fields["sha256"].string) == Data(contentsOf: photo), "RUHU_SEED=\(seed) \(id)")
        }
        print("kills: \(KillWorker.summary([done.worker])), \(done.attached.count) photos, \(records.count) households")
    }
}

/// One assistant with a stick, and the township's clerk, whose machines are switched off at any moment.
struct KilledStick: Sendable {
    var worker: KillWorker
    let folder: URL
    /// Confirmed attachments with their photos.
    private(set) var attached: [String: URL] = [:]
    private var count = 0

    init(worker: KillWorker, folder: URL) {
        self.worker = worker
        self.folder = folder
    }

    mutating func run(kills wanted: Int) throws {
        var steps = 0
        while worker.kills < wanted, steps < wanted * 6 {
            steps += 1
            switch worker.dice.below(100) {
            case 0..<20: try worker.create()
            case 20..<40: try attach()
            case 40..<80: try round()
            case 80..<90: try backup()
            default: try restore()
            }
        }
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private mutating func attach() throws {
        count += 1
        let household = try worker.station.new("household", "number=p\(count)")
        let photo = folder.appending(path: "photo-\(count).jpg")
        var content = Data([0xFF, 0xD8, 0xFF, 0xE0])
        for _ in 0..<20_000 { withUnsafeBytes(of: worker.dice.next()) { content.append(contentsOf: $0) } }
        try content.write(to: photo)
        let made = try worker.act("attach", ["attach", household, photo.path, "--kind", "photo"])
        if made.code == 0, let id = made.json["id"].string { attached[id] = photo }
    }

    /// As far as it comes: what an earlier round left on the stick is read again.
    private mutating func round() throws {
        let (out, back) = (path("stick.out"), path("stick.back"))
        _ = try worker.act("export", ["bundle", "export", out, "--photos", "1"])
        guard FileManager.default.fileExists(atPath: out) else { return }
        _ = try worker.act("take", ["bundle", "import", out, "--reply", back], at: worker.desk)
        guard FileManager.default.fileExists(atPath: back) else { return }
        _ = try worker.act("bundle import", ["bundle", "import", back])
    }

    private mutating func backup() throws {
        _ = try worker.act("backup", ["backup", path("ruhu.backup")], at: worker.desk)
    }

    /// Into a folder of its own, until it is done: a township that is sound.
    private mutating func restore() throws {
        guard FileManager.default.fileExists(atPath: path("ruhu.backup")) else { return }
        count += 1
        let other = Program("ruhu-server", environment: ["RUHU_HOME": path("restored-\(count)")])
        let first = try worker.act("restore", ["restore", path("ruhu.backup")], at: other)
        if first.wasKilled {
            let again = try other.run(["restore", path("ruhu.backup"), "--json"])
            // It may have come to its end before the kill.
            #expect(again.code == 0 || again.code == 73, "\(again.text)")
        }
        #expect(try other.run(["nightly", "--json"]).json["sound"].bool == true)
        try FileManager.default.removeItem(atPath: path("restored-\(count)"))
    }
}
