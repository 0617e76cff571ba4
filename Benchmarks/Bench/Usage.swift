import Foundation
import ProgramRunner

/// CPU time and wall time.
enum Usage {
    static func own() -> Double { seconds(of: RUSAGE_SELF) }
    /// Of finished children.
    static func children() -> Double { seconds(of: RUSAGE_CHILDREN) }

    private static func seconds(of who: __rusage_who) -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(who.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    static func seconds(since started: ContinuousClock.Instant) -> Double {
        let elapsed = started.duration(to: .now)
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    }
}

/// What some work took.
struct Cost {
    var seconds: Double
    /// Of the programs that ran to their end.
    var station: Double
    var server: Double

    /// Runs `body`, during which only what it starts and the server work.
    static func of<T>(_ server: TownshipServer?, _ body: () throws -> T) rethrows -> (cost: Cost, result: T) {
        let (station, desk) = (Usage.children(), server?.processorSeconds ?? 0)
        let started = ContinuousClock.now
        let result = try body()
        let seconds = Usage.seconds(since: started)
        return (
            Cost(
                seconds: seconds, station: Usage.children() - station, server: (server?.processorSeconds ?? 0) - desk),
            result
        )
    }
}

/// Where a figure comes from.
enum Machine {
    static var words: String {
        let processor = line("/proc/cpuinfo", "model name").map { ", \($0)" } ?? ""
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
        let system = line("/etc/os-release", "PRETTY_NAME", separator: "=") ?? "Linux"
        return
            "\(ProcessInfo.processInfo.activeProcessorCount) cores\(processor), \(Int(memory.rounded())) GiB, \(system), "
            + "commit \(commit), \(Date.now.formatted(.iso8601.year().month().day()))"
    }

    private static func line(_ file: String, _ name: String, separator: Character = ":") -> String? {
        let lines = (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n") ?? []
        let value = lines.first { $0.hasPrefix(name) }?.split(separator: separator, maxSplits: 1).last
        return value?.trimmingCharacters(in: .whitespaces).replacing("\"", with: "")
    }

    private static var commit: String {
        let git = Program(path: "/usr/bin/git")
        let folder = FileManager.default.currentDirectoryPath
        let said = try? git.run(["-c", "safe.directory=*", "-C", folder, "rev-parse", "--short", "HEAD"])
        let text = said?.text.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return text.isEmpty ? "unknown" : text
    }
}
