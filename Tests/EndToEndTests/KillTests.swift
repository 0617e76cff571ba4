import Foundation
import ProgramRunner
import Testing

/// Programs ended by SIGKILL wherever they are: what a command had confirmed exists once, everywhere.
@Suite struct KillTests {
    /// Kills of station programs and of the server in the long test; `RUHU_KILLS` raises it for a long run.
    private static let kills = ProcessInfo.processInfo.environment["RUHU_KILLS"].flatMap { Int($0) } ?? 200
    private static let village = "370404101201"

    @Test func whatWasConfirmedSurvivesEveryKill() async throws {
        let seed = Dice.seedOfRun
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let map = folder.url.appending(path: "map.yaml")
        try "records: [{kind: household, as: h, key: [number], fields: {number: '{n}'}}]".write(
            to: map, atomically: true, encoding: .utf8)
        var workers: [KillWorker] = []
        for index in 0..<4 {
            let station = try server.station("s\(index)", village: "37040410120\(1 + index / 2)", staff: "协\(index)")
            workers.append(
                KillWorker(
                    station: station, desk: server.program, url: server.url, map: map,
                    village: "37040410120\(1 + index / 2)", dice: Dice(seed &+ UInt64(index))))
        }
        _ = try workers[0].station.run("new", "-", input: KillWorker.documents(count: 1_100, prefix: "base").0)
        try workers[0].station.sync()
        var dice = Dice(seed &+ 99)
        var serverKills = 0
        let done = try await withThrowingTaskGroup(of: KillWorker.self) { group in
            for worker in workers {
                group.addTask {
                    try await onThread {
                        var worker = worker
                        try worker.run(kills: Self.kills / 5)
                        return worker
                    }
                }
            }
            var done: [KillWorker] = []
            while serverKills < Self.kills / 5 {
                try await Task.sleep(for: .milliseconds(100 + dice.below(400)))
                server.kill()
                serverKills += 1
                try server.start()
            }
            for try await worker in group { done.append(worker) }
            return done
        }
        let stations = done.map(\.station) + done.flatMap(\.newcomers)
        for _ in 0..<2 { for station in stations { _ = try station.syncPatiently() } }
        #expect(try server.faults(atRest: stations) == [], "RUHU_SEED=\(seed)")
        let records = try server.command("list", "household", "--all", "--limit", "100000").json["records"].array
        let numbers = Dictionary(grouping: records.compactMap { $0["fields"]["number"].string }) { $0 }
        let addresses = Dictionary(
            records.map { ($0["id"].string ?? "", $0["fields"]["address"].string ?? "0") },
            uniquingKeysWith: { first, _ in first })
        for worker in done {
            #expect(worker.strange.isEmpty, "RUHU_SEED=\(seed) \(worker.strange)")
            #expect(worker.losses(addresses: addresses, numbers: numbers.mapValues(\.count)) == [], "RUHU_SEED=\(seed)")
        }
        print(
            "kills: \(done.map(\.kills).reduce(0, +)) of stations \(KillWorker.summary(done)), \(serverKills) of the server,",
            "\(records.count) households")
    }

    @Test func aKilledInitCanBeRunAgain() async throws {
        let seed = Dice.seedOfRun
        try await onThread {
            var dice = Dice(seed)
            for _ in 0..<12 {
                let folder = try TemporaryFolder()
                let program = Program("ruhu-server", environment: ["RUHU_HOME": folder.url.path])
                let wish = ["init", "--name", "阴平镇", "--region", "370404101", "--json"]
                let first = try program.run(wish, killAfter: dice.fraction() * 0.12)
                let again = try program.run(wish)
                // It had ended, or came to its end before the kill; else it is made now.
                #expect(again.code == 73 || (again.code == 0 && first.wasKilled), "RUHU_SEED=\(seed) \(again.text)")
                let night = try program.run(["nightly", "--json"])
                #expect(night.json["sound"].bool == true, "RUHU_SEED=\(seed) \(night.text)")
                let invited = try program.run(["invite", "--village", Self.village, "--staff", "王秀英", "--json"])
                #expect(invited.code == 0, "RUHU_SEED=\(seed) \(invited.text)")
            }
        }
    }

    /// Every one of a killed set of documents is there, or none.
    @Test func aKilledStreamOfDocumentsIsThereWholeOrNotAtAll() async throws {
        let seed = Dice.seedOfRun
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: Self.village, staff: "王秀英")
        try await onThread {
            var dice = Dice(seed)
            for round in 0..<15 {
                let (text, ids) = KillWorker.documents(count: 60, prefix: "r\(round)-")
                let made = try station.run("new", "-", input: text, killAfter: 0.02 + dice.fraction() * 0.1)
                let known = try station.run("list", "household", "--limit", "10000").json["records"].array
                let here = Set(known.compactMap { $0["id"].string }).intersection(ids)
                #expect(here.isEmpty || here.count == 60, "RUHU_SEED=\(seed)")
                if made.code == 0 { #expect(here.count == 60, "RUHU_SEED=\(seed)") }
            }
        }
        try station.sync()
        #expect(try server.faults(atRest: [station]) == [], "RUHU_SEED=\(seed)")
    }
}

extension VillageStation {
    /// The same with `--json`, ended by SIGKILL after a time.
    func run(_ arguments: String..., input: String? = nil, killAfter seconds: Double?) throws -> Program.Outcome {
        try program.run(arguments + ["--json"], input: input, killAfter: seconds)
    }
}
