import Foundation
import ProgramRunner

/// `make demo`: a township, eight stations in seven villages, real households; real programs over real HTTP.
struct Demo {
    /// Rows of the survey a village imports; `RUHU_DEMO_ROWS` changes it.
    let rowsPerVillage: Int
    private var table = Table()

    private static let villages = (1...7).map { "37040410120\($0)" }
    private static let staff = ["王秀英", "李建国", "张桂兰", "刘志强", "陈玉梅", "杨春生", "赵凤霞", "孙立新"]

    init() {
        rowsPerVillage = ProcessInfo.processInfo.environment["RUHU_DEMO_ROWS"].flatMap { Int($0) } ?? 150
    }

    mutating func run() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url, isPlain: false)
        try server.start()
        print("入户 Ruhu · 阴平镇 370404101 · \(server.url)\n")
        let stations = try enrol(at: server)
        server.stop()
        try importRosters(at: stations, in: folder.url)
        try server.start()
        try syncAll(stations, "first sync, 8 stations")
        let households = try typeApart(stations[0], stations[7])
        try syncAll(stations, "sync after typing apart")
        try showConflicts(at: server)
        try syncAll(stations, "sync after the desk's decision")
        try proveEqual(server, stations)
        try trace(households[0], at: server, stations)
        server.stop()
        print("\n" + table.text)
    }

    // MARK: - Steps

    private mutating func enrol(at server: TownshipServer) throws -> [VillageStation] {
        let started = Date()
        let villages = Self.villages + [Self.villages[0]]
        let stations = try zip(villages, Self.staff).enumerated().map { index, pair in
            try server.station("station-\(index + 1)", village: pair.0, staff: pair.1)
        }
        table.add("enrol 8 stations in 7 villages", started, "keys pinned by the invitation code")
        return stations
    }

    private mutating func importRosters(at stations: [VillageStation], in folder: URL) throws {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let csv = try String(contentsOf: examples.appending(path: "survey-households.csv"), encoding: .utf8)
        let lines = csv.split(whereSeparator: \.isNewline).map(String.init)
        let started = Date()
        var rows = 0
        var records = 0
        for (index, station) in stations.prefix(7).enumerated() {
            let from = 1 + index * rowsPerVillage
            let part = lines[from..<min(from + rowsPerVillage, lines.count)]
            let file = folder.appending(path: "roster-\(index + 1).csv")
            try ([lines[0]] + part).joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
            let result = try station.run(
                "import", file.path, "--map", examples.appending(path: "roster-map.yaml").path)
            guard result.code == 0 else {
                throw ProgramFailure("import: \(result.code) \(result.text) \(result.errors)")
            }
            rows += result.json["rows"].int ?? 0
            records += result.json["created"].int ?? 0
        }
        table.add("import \(rows) households offline", started, "\(records) records, the server was down")
    }

    private mutating func syncAll(_ stations: [VillageStation], _ title: String) throws {
        let started = Date()
        var sent = 0
        var received = 0
        var sets = 0
        // Twice round: what the later ones pushed reaches the earlier ones.
        for station in stations + stations {
            let synced = try station.sync()
            sent += synced["bytes"]["sent"].int ?? 0
            received += synced["bytes"]["received"].int ?? 0
            sets += synced["pushed"]["sets"].int ?? 0
        }
        table.add(title, started, "\(sets) change sets, \(sent) bytes up, \(received) bytes down")
    }

    /// The two stations of one village edit the same households while apart.
    private mutating func typeApart(_ first: VillageStation, _ second: VillageStation) throws -> [String] {
        let started = Date()
        let listed = try first.run("list", "household", "--limit", "6").json["records"].array
        let households = listed.compactMap { $0["id"].string }
        for (index, id) in households.enumerated() {
            _ = try first.run("edit", id, "address=阴平镇\(index + 1)组12号", "phones+=1386320000\(index)")
            _ = try second.run("edit", id, "address=阴平镇\(index + 1)组21号", "phones+=1396320000\(index)")
        }
        let member = try first.run("list", "member", "--limit", "1").json["records"][0]["id"].string ?? ""
        _ = try first.run("edit", member, "labour_ability=部分")
        _ = try second.run("edit", member, "labour_ability=丧失")
        table.add(
            "two stations of one village type apart", started, "\(households.count) households, 1 member, both offline")
        return households
    }

    private mutating func showConflicts(at server: TownshipServer) throws {
        let conflicts = try server.command("conflicts").json["conflicts"].array
        print("Conflicts: both values are kept, one stands, a person decides")
        for conflict in conflicts {
            let values = ["mine", "theirs", "standing"].map { key in
                "\(key) \(conflict[key].string ?? conflict[key].int.map(String.init) ?? "-")"
            }
            print(
                "  \(conflict["kind"].string ?? "").\(conflict["field"].string ?? "") (\(conflict["policy"].string ?? "")): "
                    + values.joined(separator: " · ") + " · " + conflict["authors"].strings.joined(separator: " / "))
        }
        let started = Date()
        guard let first = conflicts.first(where: { $0["policy"].string == "hr" }) ?? conflicts.first,
            let id = first["id"].string
        else { throw ProgramFailure("no conflict to resolve") }
        let resolved = try server.command("resolve", id, "--take", "mine", "--reason", "入户复核", "--author", "周主任")
        guard resolved.code == 0 else { throw ProgramFailure("resolve: \(resolved.text) \(resolved.errors)") }
        table.add("resolve one at the desk", started, "\(conflicts.count) open before, \(first["field"].string ?? "")")
    }

    private mutating func proveEqual(_ server: TownshipServer, _ stations: [VillageStation]) throws {
        let started = Date()
        let scopes = try server.command("status").json["scopes"].array
        var equal = 0
        for station in stations {
            for own in try station.run("status").json["scopes"].array {
                let theirs = scopes.first { $0["scope"].string == own["scope"].string }
                guard let digest = own["digest"].string, digest == theirs?["digest"].string else {
                    throw ProgramFailure("\(station.name) differs from the server in \(own["scope"].string ?? "")")
                }
                equal += 1
            }
        }
        table.add("compare digests", started, "\(equal) of \(stations.count) replicas equal the server")
    }

    private mutating func trace(_ household: String, at server: TownshipServer, _ stations: [VillageStation]) throws {
        let started = Date()
        let entries = try server.command("history", household).json["entries"].array
        let devices = try server.command("devices").json["devices"].array
        print("\nWho says so: household.address of \(household)")
        for entry in entries {
            for edit in entry["edits"].array where edit["field"].string == "address" {
                let device = devices.first { $0["device"].string == entry["device"].string }
                print(
                    "  seq \(entry["seq"].int ?? 0) · \(entry["at"].string ?? "") · \(entry["author"].string ?? "")"
                        + " · \(device?["scope"].string ?? "desk") · \(edit["old"].string ?? "∅") → \(edit["new"].string ?? "∅")"
                        + " · \(entry["outcome"].string ?? "")")
            }
        }
        table.add("trace one field", started, "\(entries.count) change sets name the record")
    }
}

/// A short table of what was done, how long it took, and what it came to.
struct Table {
    private var rows: [(String, String, String)] = []

    mutating func add(_ step: String, _ started: Date, _ result: String) {
        rows.append((step, String(format: "%.1f s", Date().timeIntervalSince(started)), result))
    }

    var text: String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { row in
            row.0.padding(toLength: width + 2, withPad: " ", startingAt: 0)
                + String(repeating: " ", count: max(0, 8 - row.1.count)) + row.1 + "   " + row.2
        }.joined(separator: "\n")
    }
}

@main enum Main {
    static func main() {
        do {
            var demo = Demo()
            try demo.run()
        } catch {
            FileHandle.standardError.write(Data("demo: \(error)\n".utf8))
            exit(1)
        }
    }
}
