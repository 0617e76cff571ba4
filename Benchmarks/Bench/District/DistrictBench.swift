import Foundation
import ProgramRunner

/// `ruhu-bench district`: what a township's people wait for, with a district's worth of data.
struct DistrictBench {
    private let data: DistrictData
    /// Places of the console that no page links to.
    private let pages: [String]
    private let isPagesOnly: Bool
    private var rows: [String] = []

    /// - Parameter options: `--data DIR` (default: the user's cache), `--villages N` (default: all 329), `--seed N`,
    ///   `--page PATH` for a place of the console that no page links to, as often as needed; `--pages-only` leaves the
    ///   commands out.
    init(_ options: [String]) throws {
        func value(_ name: String) -> String? {
            options.firstIndex(of: name).flatMap { options.indices.contains($0 + 1) ? options[$0 + 1] : nil }
        }
        pages = zip(options, options.dropFirst()).filter { $0.0 == "--page" }.map(\.1)
        isPagesOnly = options.contains("--pages-only")
        let cache = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask)[0]
        data = DistrictData(
            folder: value("--data").map { URL(filePath: $0) } ?? cache.appending(path: "ruhu-bench/district"),
            villages: value("--villages").flatMap { Int($0) } ?? 329,
            seed: value("--seed").flatMap { UInt64($0) } ?? 1)
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
