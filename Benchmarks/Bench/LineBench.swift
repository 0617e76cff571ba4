import Foundation
import ProgramRunner

/// `ruhu-bench line`: what a village waits for over a 2G line, as whole processes over TLS: the first sync of 150
/// households, a night's sync of 30 visits, the same village fetched by a new station, and a sync with nothing to do; and a
/// township's night, 47 stations at once on loopback.
struct LineBench {
    private static let village = "370404101201"
    private static let households = 150
    private static let visits = 30
    private static let stations = 47
    private static let editsPerVisit = 12
    private let folder: TemporaryFolder
    private let runs: Int
    private var rows: [String] = []

    init(runs: Int) throws {
        folder = try TemporaryFolder()
        self.runs = runs
    }

    mutating func run() throws {
        var times: [String: [Double]] = [:]
        var bytes: [String: String] = [:]
        for run in 0..<runs {
            for step in try overTheLine(in: folder.url.appending(path: "run-\(run)")) {
                times[step.what, default: []].append(step.seconds)
                bytes[step.what] = step.bytes
            }
        }
        for (what, aim) in [
            ("first sync of a village of \(Self.households) households", "≤ 20 s"),
            ("night's sync of \(Self.visits) visits", "≤ 8 s"), ("the village fetched by a new station", "≤ 20 s"),
            ("sync with nothing to do", "none"),
        ] {
            let sorted = (times[what] ?? []).sorted()
            guard !sorted.isEmpty else { continue }
            add(what, String(format: "%.1f s", sorted[sorted.count / 2]), bytes[what] ?? "", aim)
        }
        try townshipsNight()
        print(
            (["| 40 kbit/s, 600 ms, stalls of 1 s in 10 | median | bytes | aim |", "|---|---|---|---|"] + rows)
                .joined(separator: "\n"))
    }

    private struct Step {
        var what: String
        var seconds: Double
        var bytes: String
    }

    // MARK: - One village

    private func overTheLine(in place: URL) throws -> [Step] {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let server = try TownshipServer(in: place, isPlain: false)
        try server.start()
        let line = try SlowLine(to: server.port)
        let first = try station("first", server, line, in: place)
        var sample = VillageSample(households: Self.households)
        try stream("new", sample.documents(poor: 35), at: first)
        var steps = [try timed("first sync of a village of \(Self.households) households", first)]
        for home in sample.homes.prefix(Self.visits) {
            let answers = try JSONSerialization.data(withJSONObject: sample.answers(home, on: "2026-11-20"))
            let file = place.appending(path: "answers.json")
            try answers.write(to: file)
            let made = try first.run(["visit", home.number, "--answers", file.path])
            guard made.code == 0 else { throw ProgramFailure("visit: \(made.text) \(made.errors)") }
        }
        steps.append(try timed("night's sync of \(Self.visits) visits", first))
        steps.append(try timed("sync with nothing to do", first))
        let second = try station("second", server, line, in: place)
        steps.append(try timed("the village fetched by a new station", second))
        return steps
    }

    private func station(
        _ name: String, _ server: TownshipServer, _ line: SlowLine, in place: URL
    ) throws -> VillageStation {
        let station = VillageStation(in: place, name: name)
        let code = try server.invite(village: Self.village, staff: "王秀英")
        let joined = try station.run("join", "https://127.0.0.1:\(line.port)", code)
        guard joined.code == 0 else { throw ProgramFailure("join: \(joined.code) \(joined.errors)") }
        return station
    }

    private func timed(_ what: String, _ station: VillageStation) throws -> Step {
        let started = ContinuousClock.now
        let synced = try station.sync()
        let traffic = synced["bytes"]
        return Step(
            what: what, seconds: Usage.seconds(since: started),
            bytes: "\(traffic["sent"].int ?? 0) up, \(traffic["received"].int ?? 0) down")
    }

    // MARK: - A township's night

    /// Every station has 30 visits of 12 edits each to tell; all begin at once.
    private mutating func townshipsNight() throws {
        let place = folder.url.appending(path: "night")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let server = try TownshipServer(in: place, isPlain: false)
        try server.start()
        var times: [Double] = []
        let all = try (0..<Self.stations).map { index in
            let village = "3704041012\(String(format: "%02d", index + 1))"
            let station = try server.station("night-\(index)", village: village, staff: "协理员\(index)")
            var sample = VillageSample(households: Self.visits, village: index)
            try stream("new", sample.documents(poor: 10), at: station)
            try station.sync()
            return (station, sample.homes)
        }
        for run in 0..<runs {
            for (station, homes) in all { try stream("edit", homes.map { edits($0, run: run) }, at: station) }
            let (seconds, failed) = try all.map(\.0).syncAtOnce()
            guard failed == 0 else { throw ProgramFailure("\(failed) syncs of the night failed") }
            times.append(seconds)
        }
        add(
            "a township's night: \(Self.stations) stations × \(Self.visits) visits × \(Self.editsPerVisit) edits, loopback",
            String(format: "%.1f s", times.sorted()[times.count / 2]), "", "≤ 5 s")
    }

    private func edits(_ home: VillageSample.Home, run: Int) -> [String: Any] {
        [
            "id": home.id.description,
            "fields": [
                "rooms": 3 + run, "floor_area_m2": 90 + run, "vehicles": run, "farmland_centimu": 300 + run,
                "forest_centimu": 10 + run, "livestock": "羊 \(run) 只", "water": "自来水 \(run)", "tenure": "自有 \(run)",
                "structure": "砖木 \(run)", "building_type": "平房 \(run)", "remarks": "第 \(run) 次走访，西墙有裂缝",
                "surveyed_on": "2026-11-\(String(format: "%02d", 10 + run))",
            ],
        ]
    }

    // MARK: -

    private func stream(_ command: String, _ documents: [[String: Any]], at station: VillageStation) throws {
        let lines = try documents.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys), as: UTF8.self)
        }
        let made = try station.run([command, "-"], input: lines.joined(separator: "\n"))
        guard made.code == 0 else {
            throw ProgramFailure("\(command) -: \(made.text.prefix(500)) \(made.errors.prefix(500))")
        }
    }

    private mutating func add(_ what: String, _ figure: String, _ bytes: String, _ aim: String) {
        rows.append("| \(what) | \(figure) | \(bytes) | \(aim) |")
        FileHandle.standardError.write(Data("\(what): \(figure) \(bytes)\n".utf8))
    }
}

extension [VillageStation] {
    /// Starts a sync at every station, as a process, and waits for all.
    /// - Returns: from the first start to the last end; how many failed.
    func syncAtOnce() throws -> (seconds: Double, failed: Int) {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let started = ContinuousClock.now
        let processes = try map { try $0.program.start(["sync", "--json"], descriptors: (null, null, null)) }
        let failed = processes.map { $0.wait() }.filter { $0 != 0 }.count
        return (Usage.seconds(since: started), failed)
    }
}
