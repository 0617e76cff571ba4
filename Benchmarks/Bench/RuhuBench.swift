import ArgumentParser
import Foundation
import ProgramRunner

/// What the programs take, measured as they are: `make bench`, `make gate`, `make curves`.
@main struct RuhuBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ruhu-bench", abstract: "Measures the programs as they are, against their floors.",
        discussion: """
            Run it from its build folder: it starts the ruhu and ruhu-server that lie beside it. Tables go to standard \
            output, what is measured meanwhile to standard error. docs/benchmarks.md explains every row.
            """,
        subcommands: [
            RowsCommand.self, GateCommand.self, CurvesCommand.self, VillageCommand.self, DistrictCommand.self,
        ], defaultSubcommand: RowsCommand.self)
}

struct RowsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rows", abstract: "The table of docs/benchmarks.md, all of it or some groups (default).",
        discussion: (["Groups:"] + RowGroups.all.map { "  \($0.name): \($0.abstract)" }).joined(separator: "\n"))

    @Argument(help: "Groups; all when there is none.") var groups: [String] = []
    @Option(help: "Records of a bulk.") var records = Sizes().records
    @Option(help: "Records of the large township.") var large = Sizes().large
    @Option(help: "Stations of the storm.") var stations = Sizes().stations
    @Option(help: "Conflicting edits.") var conflicts = Sizes().conflicts
    @Option(help: "Runs; the medians are told.") var runs = Sizes().runs
    @Option(help: "Writes the measurements into this file too.") var json: String?

    func validate() throws {
        let names = RowGroups.all.map { $0.name }
        if let strange = groups.first(where: { !names.contains($0) }) {
            throw ValidationError("no group \(strange); there are \(names.joined(separator: ", "))")
        }
        guard [records, large, stations, conflicts, runs].allSatisfy({ $0 > 0 }) else {
            throw ValidationError("sizes are above 0")
        }
    }

    func run() throws {
        var sizes = Sizes(records: records, large: large, stations: stations, conflicts: conflicts, runs: runs)
        if runs < Sizes().runs { (sizes.processRuns, sizes.idleRuns) = (runs, runs * 10) }
        var report = Report()
        var commands: [String: String] = [:]
        var failures: [String] = []
        for group in RowGroups.all where groups.isEmpty || groups.contains(group.name) {
            Report.say("\(group.name): \(group.abstract)")
            for row in group.rows { commands[row.id] = "ruhu-bench rows \(group.name)" }
            do {
                try group.run(sizes, into: &report)
            } catch {
                // What the other groups tell is not lost.
                failures.append("\(group.name): \(error)")
            }
            if let json { try report.write(json: json) }
        }
        print(
            "\(Machine.words); N = \(records), large \(large), \(stations) stations; medians of \(runs) runs or more\n")
        print(report.markdown(commands: commands))
        guard failures.isEmpty else { throw ProgramFailure(failures.joined(separator: "\n")) }
    }
}

struct VillageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "village", abstract: "What a person waits for at a village after five years.")

    @Option(help: "Households.") var households = 150
    @Option(help: "Cases in payment.") var cases = 35

    func run() throws {
        var village = try VillageBench(households: households, cases: cases)
        try village.run()
    }
}

struct DistrictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "district", abstract: "What the desk of a district waits for, at commands and at the console.")

    @Option(help: "Where the data is, or is to be made (default: the user's cache).") var data: String?
    @Option(help: "Villages.") var villages = 329
    @Option(help: "The data's seed.") var seed: UInt64 = 1
    @Option(help: "A place of the console that no page links to; as often as needed.") var page: [String] = []
    @Flag(help: "Leaves the commands out.") var pagesOnly = false

    func run() throws {
        let cache = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask)[0]
        let folder = data.map { URL(filePath: $0) } ?? cache.appending(path: "ruhu-bench/district")
        var district = DistrictBench(
            data: DistrictData(folder: folder, villages: villages, seed: seed), pages: page, isPagesOnly: pagesOnly)
        try district.run()
    }
}
