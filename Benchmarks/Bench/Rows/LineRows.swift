import Foundation
import ProgramRunner

/// What a village waits for over a 2G line, as whole processes over TLS: the first sync of 150 households, a night's sync of
/// 30 visits, the same village fetched by a new station, and a sync with nothing to do; and a township's night, 47 stations
/// at once on loopback.
struct LineRows: RowGroup {
    static let name = "line"
    static let abstract = "a village's 2G line, and a township's night"
    static let rows: [Row] = [.lineFirst, .lineNight, .lineFetch, .lineIdle, .night]

    private static let village = BenchTownship.village
    private static let households = 150
    private static let visits = 30
    private static let stations = 47
    private static let editsPerVisit = 12
    private let folder: TemporaryFolder
    private let runs: Int

    static func run(_ sizes: Sizes, into report: inout Report) throws {
        let line = LineRows(folder: try TemporaryFolder(), runs: sizes.runs)
        let runs = try (0..<line.runs).map { try line.overTheLine(in: line.folder.url.appending(path: "run-\($0)")) }
        for (place, row) in [Row.lineFirst, .lineNight, .lineIdle, .lineFetch].enumerated() {
            report.add(row, runs.map { $0[place].seconds })
            Report.say("  \(runs.last?[place].bytes ?? "")")
        }
        report.add(.night, try line.townshipsNight())
    }

    private struct Step {
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
        var steps = [try timed(first)]
        for home in sample.homes.prefix(Self.visits) {
            let answers = try JSONSerialization.data(withJSONObject: sample.answers(home, on: "2026-11-20"))
            let file = place.appending(path: "answers.json")
            try answers.write(to: file)
            let made = try first.run(["visit", home.number, "--answers", file.path])
            guard made.code == 0 else { throw ProgramFailure("visit: \(made.text) \(made.errors)") }
        }
        steps.append(try timed(first))
        steps.append(try timed(first))
        let second = try station("second", server, line, in: place)
        steps.append(try timed(second))
        return steps
    }

    private func station(
        _ name: String, _ server: TownshipServer, _ line: SlowLine, in place: URL
    ) throws -> VillageStation {
        let station = VillageStation(in: place, name: name)
        let code = try server.invite(village: Self.village, staff: "王秀英")
        // On a busy machine the line's pieces come later still, and a join may break off: it is not what is measured.
        _ = try station.joinPatiently("https://127.0.0.1:\(line.port)", code: code)
        return station
    }

    private func timed(_ station: VillageStation) throws -> Step {
        let started = ContinuousClock.now
        let synced = try station.sync()
        let traffic = synced["bytes"]
        return Step(
            seconds: Usage.seconds(since: started),
            bytes: "\(traffic["sent"].int ?? 0) up, \(traffic["received"].int ?? 0) down")
    }

    // MARK: - A township's night

    /// Every station has 30 visits of 12 edits each to tell; all begin at once.
    /// - Returns: seconds from the first start to the last end.
    private func townshipsNight() throws -> [Double] {
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
        return times
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

    private func stream(_ command: String, _ documents: [[String: Any]], at station: VillageStation) throws {
        try station.pipe(documents.map(BenchTownship.line).joined(separator: "\n"), to: command)
    }
}
