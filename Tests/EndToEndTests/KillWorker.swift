import Foundation
import ProgramRunner

/// One assistant whose machine is switched off at any moment, and what he was told is kept.
struct KillWorker: Sendable {
    let station: VillageStation
    let desk: Program
    let url: String
    let map: URL
    let village: String
    var dice: Dice
    private(set) var kills = 0
    /// What was killed, how often.
    private(set) var killed: [String: Int] = [:]
    /// Stations that joined and fetched everything through kills.
    private(set) var newcomers: [VillageStation] = []
    /// What no kill may cause.
    private(set) var strange: [String] = []

    /// Confirmed records and the last confirmed value of the address, which only this station writes.
    private var confirmed: [String: Int] = [:]
    /// Numbers of households of files that were imported to their end.
    private var imported: [String] = []
    /// How long each kind of command takes when it is left alone: where its kills fall.
    private var usual: [String: Double] = [:]
    private var count = 0

    init(station: VillageStation, desk: Program, url: String, map: URL, village: String, dice: Dice) {
        self.station = station
        self.desk = desk
        self.url = url
        self.map = map
        self.village = village
        self.dice = dice
    }

    /// JSON documents of households with ids of their own.
    static func documents(count: Int, prefix: String) -> (text: String, ids: Set<String>) {
        let ids = (0..<count).map { _ in UUID().uuidString.lowercased() }
        let lines = ids.enumerated().map { index, id in
            #"{"kind":"household","id":"\#(id)","fields":{"number":"\#(prefix)\#(index)","address":"0"}}"#
        }
        return (lines.joined(separator: "\n"), Set(ids))
    }

    mutating func run(kills wanted: Int) throws {
        var steps = 0
        while kills < wanted, steps < wanted * 6 {
            steps += 1
            switch dice.below(100) {
            case 0..<25: try create()
            case 25..<50: try edit()
            case 50..<62: try stream()
            case 62..<68: try importFile()
            case 68..<70: try newcomer()
            case 70..<74: try invite()
            default: try sync()
            }
        }
    }

    static func summary(_ workers: [KillWorker]) -> String {
        var sum: [String: Int] = [:]
        for worker in workers { sum.merge(worker.killed) { $0 + $1 } }
        return "\(sum.sorted { $0.key < $1.key })"
    }

    /// What the server does not hold as it was confirmed, or holds twice.
    func losses(addresses: [String: String], numbers: [String: Int]) -> [String] {
        let lost = confirmed.filter { id, value in addresses[id].flatMap { Int($0) }.map { $0 < value } ?? true }
        let wrong = imported.filter { numbers[$0] != 1 }
        return lost.map { "\(station.name): \($0.key) at \($0.value), there \(addresses[$0.key] ?? "nowhere")" }
            + wrong.map { "\(station.name): \($0) is there \(numbers[$0] ?? 0) times" }
    }

    // MARK: - Acts

    mutating func create() throws {
        count += 1
        let made = try act("new", ["new", "household", "number=\(station.name)-\(count)", "address=0"])
        if made.code == 0, let id = made.json["id"].string { confirmed[id] = 0 }
    }

    private mutating func edit() throws {
        guard let id = confirmed.keys.sorted().randomElement(using: &dice) else { return }
        count += 1
        let edited = try act("edit", ["edit", id, "address=\(count)"])
        if edited.code == 0 { confirmed[id] = count }
    }

    private mutating func stream() throws {
        count += 1
        let (text, ids) = Self.documents(count: 40, prefix: "\(station.name)-d\(count)-")
        let made = try act("new -", ["new", "-"], input: text)
        if made.code == 0 { for id in ids { confirmed[id] = 0 } }
    }

    /// The same file until it was imported to its end, as a person would.
    private mutating func importFile() throws {
        count += 1
        let numbers = (0..<150).map { "\(station.name)-i\(count)-\($0)" }
        let file = station.folder.deletingLastPathComponent().appending(path: "\(station.name)-\(count).csv")
        try (["n"] + numbers).joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        for _ in 0..<10 {
            if try act("import", ["import", file.path, "--map", map.path]).code == 0 {
                imported += numbers
                return
            }
        }
    }

    private mutating func newcomer() throws {
        count += 1
        let invited = try desk.run(["invite", "--village", village, "--staff", "新人", "--json"])
        guard let code = invited.json["code"].string else { throw ProgramFailure("invite \(invited.text)") }
        let other = VillageStation(
            in: station.folder.deletingLastPathComponent(), name: "\(station.name)-n\(count)")
        for _ in 0..<20 where try act("join", ["join", url, code], at: other.program).code != 0 {}
        for _ in 0..<20 where try act("bootstrap", ["sync"], at: other.program).code != 0 {}
        newcomers.append(other)
    }

    private mutating func invite() throws {
        _ = try act("invite", ["invite", "--village", village, "--staff", "无人"], at: desk)
    }

    private mutating func sync() throws { _ = try act("sync", ["sync"]) }

    /// Runs a command and, three times in four, kills it somewhere in the time that it usually takes.
    mutating func act(
        _ what: String, _ arguments: [String], at program: Program? = nil, input: String? = nil
    ) throws -> Program.Outcome {
        let usually = usual[what] ?? 0.08
        let deadline = dice.happens(75) ? dice.fraction() * usually * 1.1 : nil
        let outcome = try (program ?? station.program).run(arguments + ["--json"], input: input, killAfter: deadline)
        if outcome.wasKilled {
            kills += 1
            killed[what, default: 0] += 1
        } else {
            if deadline == nil, outcome.code == 0 { usual[what] = 0.5 * (usually + outcome.seconds) }
            // The server is killed too: what needs it may find it gone.
            let needsServer = ["sync", "join", "bootstrap"].contains(what)
            if outcome.code != 0, !(needsServer && [69, 75].contains(outcome.code)) {
                strange.append("\(what): \(outcome.code) \(outcome.text) \(outcome.errors)")
            }
        }
        return outcome
    }
}
