import Foundation
import ProgramRunner

/// `make bench`: the programs as they are, over loopback HTTP, against the floor measured in the same run.
struct Bench {
    let records: Int
    let stations: Int
    private let folder: TemporaryFolder
    private let village = "370404101201"
    private var rows: [Row] = []
    private var floor = Floor.Cost(processorSeconds: 1, seconds: 1)

    private struct Row {
        var what: String
        var figure: String
        var ratio: String
    }

    init(records: Int, stations: Int) throws {
        self.records = records
        self.stations = stations
        folder = try TemporaryFolder()
    }

    mutating func run() throws {
        var sample = Sample(seed: 1, village: village)
        let documents = (0..<records).map { sample.next($0) }
        try measureFloor(documents, columns: sample.fieldNames)
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let first = try server.station("first", village: village, staff: "王秀英")
        try first.sync()
        try capture(documents, at: first)
        try push(first, server)
        let second = try pull(server)
        try incremental(first, second, server)
        try oneCommand(first)
        try storm(server)
        print(table)
    }

    // MARK: - Measurements

    private mutating func measureFloor(_ documents: [[String: Any]], columns: [String]) throws {
        let runs = try (0..<5).map { _ in try Floor(rows: documents, columns: columns).run(in: folder.url) }
        let middle = runs.sorted { $0.processorSeconds < $1.processorSeconds }[2]
        floor = middle
        let bytes = try documents.prefix(1000).map { try JSONSerialization.data(withJSONObject: $0).count }.reduce(0, +)
        add("floor: plain SQLite table", cpu(middle.processorSeconds), "1.0")
        add("JSON of a record", "\(bytes / min(1000, records)) bytes, \(columns.count) fields", "")
    }

    private mutating func capture(_ documents: [[String: Any]], at station: VillageStation) throws {
        let input = try documents.map { fields in
            String(
                decoding: try JSONSerialization.data(withJSONObject: ["kind": "household", "fields": fields]),
                as: UTF8.self)
        }.joined(separator: "\n")
        let before = Usage.children()
        let made = try station.run(["new", "-"], input: input)
        guard made.code == 0 else { throw ProgramFailure("new -: \(made.code) \(made.errors.prefix(500))") }
        let used = Usage.children() - before
        add("capture at a station, JSON in, durable", cpu(used), ratio(used))
    }

    private mutating func push(_ station: VillageStation, _ server: TownshipServer) throws {
        let (client, serverUsed) = (Usage.children(), server.processorSeconds)
        let started = ContinuousClock.now
        let synced = try station.sync()
        let seconds = Usage.seconds(since: started)
        let used = server.processorSeconds - serverUsed
        let own = Usage.children() - client
        add("bulk push, server CPU", cpu(used), ratio(used))
        add("bulk push, station CPU (pull of outcomes included)", cpu(own), ratio(own))
        add("bulk push, end to end", "\(Int(Double(records) / seconds)) records/s", "")
        add("bulk push, bytes up", "\((synced["bytes"]["sent"].int ?? 0) / records) a record", "")
        add("bulk push, bytes down", "\((synced["bytes"]["received"].int ?? 0) / records) a record", "")
        add("server memory, highest", "\(server.peakMemory / 1_048_576) MiB", "")
    }

    private mutating func pull(_ server: TownshipServer) throws -> VillageStation {
        let station = try server.station("second", village: village, staff: "李建国")
        let (client, serverUsed) = (Usage.children(), server.processorSeconds)
        let started = ContinuousClock.now
        let synced = try station.sync()
        let seconds = Usage.seconds(since: started)
        let (own, used) = (Usage.children() - client, server.processorSeconds - serverUsed)
        add("fresh pull, server CPU", cpu(used), ratio(used))
        add("fresh pull, station CPU", cpu(own), ratio(own))
        add("fresh pull, end to end", "\(Int(Double(records) / seconds)) records/s", "")
        add("fresh pull, bytes down", "\((synced["bytes"]["received"].int ?? 0) / records) a record", "")
        return station
    }

    /// 200 records with two changed fields each: pushed by one station, pulled by the other.
    private mutating func incremental(
        _ first: VillageStation, _ second: VillageStation, _ server: TownshipServer
    ) throws {
        let ids = try first.run(["list", "household", "--limit", "200"]).json["records"].array.compactMap {
            $0["id"].string
        }
        var costs: [(up: Double, down: Double, sent: Int, server: Double)] = []
        for round in 0..<5 {
            let edits = ids.enumerated().map { index, id in
                #"{"id":"\#(id)","fields":{"rooms":\#(index % 9 + round + 1),"remarks":"第\#(round)次核对\#(index)"}}"#
            }.joined(separator: "\n")
            let edited = try first.run(["edit", "-"], input: edits)
            guard edited.code == 0 else { throw ProgramFailure("edit -: \(edited.errors.prefix(500))") }
            let serverBefore = server.processorSeconds
            var started = ContinuousClock.now
            let pushed = try first.sync()
            let up = Usage.seconds(since: started)
            started = .now
            try second.sync()
            let down = Usage.seconds(since: started)
            costs.append((up, down, pushed["bytes"]["sent"].int ?? 0, server.processorSeconds - serverBefore))
        }
        let sorted = costs.sorted { $0.up + $0.down < $1.up + $1.down }[2]
        add("200 records, 2 fields changed, at \(records): push", milliseconds(sorted.up), "")
        add("200 records, 2 fields changed, at \(records): pull by another", milliseconds(sorted.down), "")
        add("bytes up for a two-field change", "\(sorted.sent / 200)", "")
        let started = ContinuousClock.now
        let idle = try first.sync()
        add("sync with nothing to do", milliseconds(Usage.seconds(since: started)), "")
        add(
            "bytes of a sync with nothing to do",
            "\(idle["bytes"]["sent"].int ?? 0) up, \(idle["bytes"]["received"].int ?? 0) down", "")
    }

    private mutating func oneCommand(_ station: VillageStation) throws {
        let household = try anyHousehold(station)
        _ = try station.new("member", "household=\(household)", "name=张三", "id_number=11010519491231002X")
        for (title, arguments) in [
            ("ruhu new", ["new", "note", "household=\(household)", "text=来过"]),
            ("ruhu show", ["show", household]), ("ruhu find", ["find", "019999"]),
            ("ruhu calculate", ["calculate", household, "dibao", "--on", "2021-03-01"]),
        ] {
            let times = try (0..<7).map { _ in try station.run(arguments).seconds }.sorted()
            add("\(title), whole process, replica of \(records)", milliseconds(times[3]), "")
        }
    }

    private func anyHousehold(_ station: VillageStation) throws -> String {
        try station.run(["list", "household", "--limit", "1"]).json["records"][0]["id"].string ?? ""
    }

    /// Many stations push 20 records each at once.
    private mutating func storm(_ server: TownshipServer) throws {
        let each = 20
        var sample = Sample(seed: 2, village: village)
        let all = try (0..<stations).map { index in
            let station = try server.station(
                "storm-\(index)", village: "3704041012\(String(format: "%02d", 10 + index % 80))", staff: "协理员\(index)")
            var input: [String] = []
            for row in 0..<each {
                var fields = sample.next(index * each + row)
                fields["village"] = nil
                let document: [String: Any] = ["kind": "household", "fields": fields]
                input.append(String(decoding: try JSONSerialization.data(withJSONObject: document), as: UTF8.self))
            }
            let made = try station.run(["new", "-"], input: input.joined(separator: "\n"))
            guard made.code == 0 else { throw ProgramFailure("storm: \(made.errors.prefix(300))") }
            return station
        }
        let alone = try StormBench(server: server, stations: all).run()
        let rate = Double(stations * each) / alone.seconds
        add("\(stations) stations × \(each) records at once, the server alone", "\(Int(rate)) records/s", "")
        add(
            "the same, how long a push waits",
            "\(milliseconds(alone.wait(percent: 50))), 99 of 100 at most \(milliseconds(alone.wait(percent: 99)))", "")
        add("the same, server CPU", cpu(alone.processorSeconds, per: stations * each), "")
        add("server memory, highest", "\(alone.memory / 1_048_576) MiB", "")
        let before = server.processorSeconds
        let (seconds, failed) = try all.syncAtOnce()
        add(
            "\(stations) stations sync once more at once, whole processes (what they pushed is offered again)",
            "\(String(format: "%.2f", seconds)) s, \(failed) failed", "")
        add("the same, server CPU", cpu(server.processorSeconds - before, per: stations * each), "")
    }

    // MARK: - The table

    private mutating func add(_ what: String, _ figure: String, _ ratio: String) {
        rows.append(Row(what: what, figure: figure, ratio: ratio))
        FileHandle.standardError.write(Data("\(what): \(figure) \(ratio)\n".utf8))
    }

    private func cpu(_ seconds: Double, per count: Int? = nil) -> String {
        String(format: "%.1f ms per 1,000 records", seconds * 1e6 / Double(count ?? records))
    }

    private func ratio(_ seconds: Double) -> String { String(format: "%.1f × floor", seconds / floor.processorSeconds) }
    private func milliseconds(_ seconds: Double) -> String { String(format: "%.0f ms", seconds * 1000) }

    private var table: String {
        (["| N = \(records) | median | ratio |", "|---|---|---|"]
            + rows.map { "| \($0.what) | \($0.figure) | \($0.ratio) |" }).joined(separator: "\n")
    }
}

@main enum Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        do {
            if CommandLine.arguments.dropFirst().first == "village" {
                var village = try VillageBench(households: arguments.first ?? 150, cases: 35)
                return try village.run()
            }
            if CommandLine.arguments.dropFirst().first == "line" {
                var line = try LineBench(runs: arguments.first ?? 5)
                return try line.run()
            }
            if CommandLine.arguments.dropFirst().first == "district" {
                var district = try DistrictBench(Array(CommandLine.arguments.dropFirst(2)))
                return try district.run()
            }
            var bench = try Bench(records: arguments.first ?? 20_000, stations: arguments.dropFirst().first ?? 100)
            try bench.run()
        } catch {
            FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
            exit(1)
        }
    }
}
