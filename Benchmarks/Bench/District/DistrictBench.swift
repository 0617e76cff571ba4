import Foundation
import ProgramRunner

/// `ruhu-bench district`: what a township's people wait for, with a district's worth of data.
struct DistrictBench {
    private let data: DistrictData
    private let pages: [String]
    private let isPagesOnly: Bool
    private var rows: [String] = []

    /// - Parameters:
    ///   - pages: places of the console that no page links to.
    ///   - isPagesOnly: leaves the commands out.
    init(data: DistrictData, pages: [String], isPagesOnly: Bool) {
        self.data = data
        self.pages = pages
        self.isPagesOnly = isPagesOnly
    }

    mutating func run() throws {
        try data.make()
        if !isPagesOnly {
            try commands()
            printTable(rows)
        }
        var console = try PageBench(data)
        try console.run(from: ["/today"] + PageBench.unlinked + pages)
        printTable(console.rows)
        printTable(console.files, "| file | first byte | whole | aim |")
    }

    private func printTable(_ rows: [String], _ heading: String = "| | median | highest | aim |") {
        print(([heading, "|---|---|---|---|"] + rows).joined(separator: "\n"))
    }

    private mutating func commands() throws {
        for arguments in [["status"], ["conflicts"], ["list", "household", "--limit", "50"], ["tasks"]] {
            try row("ruhu-server " + arguments.joined(separator: " "), arguments, runs: 3)
        }
    }

    private mutating func row(_ what: String, _ arguments: [String], runs: Int) throws {
        let times = try (0..<runs).map { _ in
            let outcome = try data.program.run(arguments + ["--json"])
            guard outcome.code == 0 else {
                throw ProgramFailure("\(arguments): \(outcome.text.prefix(500)) \(outcome.errors)")
            }
            return outcome.seconds
        }.sorted()
        rows.append(
            String(format: "| %@ | %.0f ms | %.0f ms | |", what, times[runs / 2] * 1000, times[runs - 1] * 1000))
        FileHandle.standardError.write(Data(((rows.last ?? "") + "\n").utf8))
    }
}
