import Foundation
import ProgramRunner

/// `ruhu-bench village`: what a person waits for, as whole processes, at a village of 150 households after five years:
/// four visits a year to each, 35 cases in payment with their decisions, notices, reviews and 60 months of payments.
/// All of it was made by the programs themselves; the first month under the clock of its day (package `faketime`).
struct VillageBench {
    private static let village = "370404101201"
    private static let runs = 21
    private static let aimMilliseconds = 100.0
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private var station: VillageStation
    private var sample: VillageSample
    private let cases: Int
    private var rows: [String] = []

    init(households: Int, cases: Int) throws {
        folder = try TemporaryFolder()
        self.cases = cases
        sample = VillageSample(households: households)
        guard WrongClock.library != nil else { throw ProgramFailure("needs the package faketime") }
        let then = WrongClock.environment("@2021-11-25 09:00:00")
        server = try TownshipServer(in: folder.url, environment: then)
        station = VillageStation(in: folder.url, name: "first")
        station.program.environment.merge(then) { $1 }
    }

    mutating func run() throws {
        try liveFirstMonth()
        try clock(nil)
        try payFiveYears()
        try visitFiveYears()
        try station.sync()
        try tellSize()
        try measure()
        print((["| | median | CPU | aim |", "|---|---|---|---|"] + rows).joined(separator: "\n"))
    }

    // MARK: - Five years

    /// - Parameter now: `nil` for the machine's own.
    private mutating func clock(_ now: String?) throws {
        server.stop()
        for (name, value) in WrongClock.environment("@\(now ?? "") 09:00:00") {
            server.program.environment[name] = now == nil ? nil : value
            station.program.environment[name] = now == nil ? nil : value
        }
        try server.start()
    }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    @discardableResult private func desk(_ arguments: String...) throws -> JSON {
        let outcome = try server.program.run(arguments + ["--json"])
        guard outcome.code == 0 else { throw ProgramFailure("\(arguments): \(outcome.text) \(outcome.errors)") }
        return outcome.json
    }

    private func stream(_ command: String, _ documents: [[String: Any]]) throws {
        let lines = try documents.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys), as: UTF8.self)
        }
        let made = try station.run([command, "-"], input: lines.joined(separator: "\n"))
        guard made.code == 0 else {
            throw ProgramFailure("\(command) -: \(made.code) \(made.text.prefix(500)) \(made.errors.prefix(500))")
        }
    }

    /// From the application to the payment, case by case, as the desk does it.
    private mutating func liveFirstMonth() throws {
        try server.start()
        station = try joined()
        try stream("new", sample.documents(poor: cases))
        let poor = sample.homes.prefix(cases)
        try stream("edit", poor.map { ["id": $0.id.description, "fields": ["head": $0.members[0].id.description]] })
        try stream(
            "new",
            poor.map {
                [
                    "kind": "visit",
                    "fields": [
                        "household": $0.id.description, "when": "2021-11-24", "surveyors": ["王秀英", "李建国"],
                    ],
                ]
            })
        let ids = try poor.map { home in
            let made = try station.run([
                "apply", home.id.description, "dibao", "--signer", home.members[0].name, "--reason", "因病",
            ])
            guard let id = made.json["id"].string else { throw ProgramFailure("apply: \(made.text) \(made.errors)") }
            return id
        }
        try station.sync()
        func move(_ id: String, _ steps: String...) throws {
            for step in steps { try desk("case", "move", id, step, "--role", "leader", "--author", "陈主任") }
        }
        for id in ids { try move(id, "authorise", "prepare") }
        try desk("check", "request", path("requests.json"))
        try desk("check", "simulate", path("requests.json"), path("reports.json"))
        try desk("check", "import", path("reports.json"))
        let notices = try ids.map { id in
            try move(id, "accept", "review")
            try desk("case", "decide", id, "approved", "--basis", "年收入低于标准", "--signatory", "李", "--signatory", "王")
            try move(id, "approve")
            let notice = try desk("notice", id, "publicity", "--place", "村委会公开栏", "--hotline", "0632-7712345")
            try move(id, "publicise")
            return notice["id"].string ?? ""
        }
        try station.sync()
        try stream("edit", notices.map { ["id": $0, "fields": ["posted_evidence": ["照片 \($0)"]]] })
        try station.sync()
        try clock("2021-12-13")
        try stream("edit", notices.map { ["id": $0, "fields": ["removed_evidence": ["照片 2 \($0)"]]] })
        try station.sync()
        for id in ids { try move(id, "take_effect", "pay") }
    }

    private func joined() throws -> VillageStation {
        let code = try server.invite(village: Self.village, staff: "王秀英")
        let made = try station.run("join", server.url, code)
        guard made.code == 0 else { throw ProgramFailure("join: \(made.code) \(made.errors)") }
        return station
    }

    /// A roll for every month, a review for every year.
    private func payFiveYears() throws {
        let last = 2026 * 12 + 10
        for month in (last - 59)...last {
            try desk("roll", "freeze", String(format: "%04d-%02d", month / 12, month % 12 + 1))
        }
        let reviews = try desk("list", "dynamic_review", "--limit", "1000")["records"].array
        for review in reviews {
            try desk("edit", review["id"].string ?? "", "done=2022-11-20")
            let application = review["fields"]["application"].string ?? ""
            for year in 2023...2025 {
                try desk(
                    "new", "dynamic_review", "application=\(application)", "due=\(year)-12-01", "done=\(year)-11-20")
            }
            try desk("new", "dynamic_review", "application=\(application)", "due=2026-12-01")
        }
    }

    /// One visit to each household with the form, and the four a year before it with the same answers.
    private func visitFiveYears() throws {
        for home in sample.homes { try visit(home, on: "2026-11-20") }
        let visits = try station.run(["list", "visit", "--limit", "10000"]).json["records"].array
        let surveyed = visits.compactMap { record -> [String: Any]? in
            guard record["fields"]["form"].string != nil else { return nil }
            let fields = record["fields"].value as? [String: Any] ?? [:]
            return fields.filter { !($0.value is NSNull) }
        }
        for quarter in 1..<20 {
            let month = 2026 * 12 + 10 - 3 * quarter
            let day = String(format: "%04d-%02d-20T09:00:00Z", month / 12, month % 12 + 1)
            try stream("new", surveyed.map { ["kind": "visit", "fields": $0.merging(["when": day]) { $1 }] })
        }
    }

    private func visit(_ home: VillageSample.Home, on day: String) throws {
        let answers = try JSONSerialization.data(withJSONObject: sample.answers(home, on: day))
        try answers.write(to: URL(filePath: path("answers.json")))
        let made = try station.run(["visit", home.number, "--answers", path("answers.json")])
        guard made.code == 0 else { throw ProgramFailure("visit: \(made.text) \(made.errors)") }
    }

    private func tellSize() throws {
        let counts = try ["household", "member", "visit", "application", "payment", "dynamic_review"].map { kind in
            "\(try station.run(["list", kind, "--limit", "10000"]).json["records"].array.count) \(kind)"
        }
        FileHandle.standardError.write(Data((counts.joined(separator: ", ") + "\n").utf8))
    }

    // MARK: - What a person waits for

    private mutating func measure() throws {
        let home = sample.homes[1]
        let id = home.id.description
        let ruhu = station.program
        try row("ruhu tasks", ruhu, ["tasks"])
        try row("ruhu find 张", ruhu, ["find", "张"])
        try row("ruhu show HOUSEHOLD", ruhu, ["show", id])
        try row("ruhu calculate HOUSEHOLD dibao", ruhu, ["calculate", id, "dibao"])
        try row("ruhu-server tasks, of the same village", server.program, ["tasks"], aim: nil)
        try row("ruhu-server roll show, of the same village", server.program, ["roll", "show", "2026-12"], aim: nil)
        try answersFromFiles()
        try dialogue()
    }

    private mutating func row(
        _ what: String, _ program: Program, _ arguments: [String], aim: Double? = aimMilliseconds
    ) throws {
        try row(what, aim: aim, runs: Self.runs) { _ in
            let outcome = try program.run(arguments)
            guard outcome.code == 0 else { throw ProgramFailure("\(arguments): \(outcome.text) \(outcome.errors)") }
            return outcome.seconds
        }
    }

    /// - Parameter body: gives the seconds of a run.
    private mutating func row(_ what: String, aim: Double?, runs: Int, _ body: (Int) throws -> Double) throws {
        var (times, costs): ([Double], [Double]) = ([], [])
        for run in 0..<runs {
            let before = Usage.children()
            times.append(try body(run))
            costs.append(Usage.children() - before)
        }
        add(what, times.median, cpu: costs.median, aim: aim)
    }

    private mutating func answersFromFiles() throws {
        let files = try sample.homes.suffix(Self.runs).map { home in
            let file = path("answers-\(home.number).json")
            let answers = sample.answers(home, on: "2026-11-21")
            try JSONSerialization.data(withJSONObject: answers).write(to: URL(filePath: file))
            return ["visit", home.number, "--answers", file]
        }
        let program = station.program
        try row("ruhu visit HOUSEHOLD --answers FILE", aim: Self.aimMilliseconds, runs: Self.runs) { run in
            let outcome = try program.run(files[run])
            guard outcome.code == 0 else { throw ProgramFailure("visit: \(outcome.text) \(outcome.errors)") }
            return outcome.seconds
        }
    }

    /// From Enter to the next question's prompt, saved before it is asked.
    private mutating func dialogue() throws {
        let before = Usage.children()
        let terminal = try Terminal(station.program, ["visit", sample.homes[2].number], in: folder.url)
        try terminal.wait(for: "\n> ")
        var times: [Double] = []
        for _ in 0..<Self.runs {
            let started = ContinuousClock.now
            try terminal.type("")
            try terminal.wait(for: "\n> ")
            times.append(Usage.seconds(since: started))
        }
        try terminal.type("q")
        _ = terminal.end()
        let cost = (Usage.children() - before) / Double(Self.runs)
        add("an answer in ruhu visit, Enter to the next question", times.median, cpu: cost, aim: Self.aimMilliseconds)
    }

    private mutating func add(_ what: String, _ seconds: Double, cpu: Double, aim: Double?) {
        let met = aim.map { seconds * 1000 < $0 ? "under \(Int($0)) ms: met" : "under \(Int($0)) ms: not met" }
        rows.append(String(format: "| %@ | %.0f ms | %.0f ms | %@ |", what, seconds * 1000, cpu * 1000, met ?? "none"))
        FileHandle.standardError.write(Data(((rows.last ?? "") + "\n").utf8))
    }
}
