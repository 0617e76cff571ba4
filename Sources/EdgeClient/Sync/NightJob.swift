import CommandSupport
import Foundation
import RecordStore
import SyncEngine

/// The night job: waits its turn, tries again inside its window, never runs beside itself, keeps a log of its nights.
struct NightJob {
    let station: Station
    /// The stations of a township begin at different moments inside it.
    var jitterSeconds: Double
    var windowSeconds: Double
    var output: (String) -> Void

    /// Waits between tries, inside the window.
    static let shortestWaitSeconds = 60.0
    static let longestWaitSeconds = 1_800.0

    /// - Throws: as ``SyncRun/run()``.
    func run() throws -> SyncRun.Result {
        let started = station.clock()
        let deadline = ContinuousClock.now.advanced(by: .seconds(windowSeconds))
        Thread.sleep(forTimeInterval: Double.random(in: 0...max(0, jitterSeconds)))
        var wait = Self.shortestWaitSeconds
        var tries = 0
        while true {
            tries += 1
            let result = try SyncRun(station: station).run()
            let isFinal = result.outcome == .complete || result.outcome == .refused
            let left = ContinuousClock.now.duration(to: deadline)
            guard !isFinal, left > .seconds(wait) else {
                try log(started: started, result: result, tries: tries)
                return result
            }
            output(L("未同步成功，\(Int(wait)) 秒后再试。", "Not synced; trying again in \(Int(wait)) s."))
            Thread.sleep(forTimeInterval: wait * Double.random(in: 0.5...1))
            wait = min(wait * 2, Self.longestWaitSeconds)
        }
    }

    private func log(started: Instant, result: SyncRun.Result, tries: Int) throws {
        let night = Night(
            startedAt: started, endedAt: station.clock(), outcome: result.outcome.rawValue,
            detail: "tries \(tries), sets \(result.counts.sets), records \(result.counts.records)")
        try station.replica.write { try $0.keep(night) }
    }
}
