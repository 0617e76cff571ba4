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
    /// Somebody looks on: he is told until when it waits and why.
    var isWatched: Bool
    var output: (String) -> Void

    /// Waits between tries, inside the window.
    static let shortestWaitSeconds = 60.0
    static let longestWaitSeconds = 1_800.0

    /// - Throws: as ``SyncRun/run()``.
    func run() throws -> SyncRun.Result {
        let started = station.clock()
        let deadline = ContinuousClock.now.advanced(by: .seconds(windowSeconds))
        let turn = Double.random(in: 0...max(0, jitterSeconds))
        sayTurn(started, seconds: turn)
        Thread.sleep(forTimeInterval: turn)
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
            let pause = wait * Double.random(in: 0.5...1)
            let next = Self.clockTime(of: station.clock(), plus: pause)
            output(L("未同步成功，\(next) 再试。", "Not synced; trying again at \(next)."))
            Thread.sleep(forTimeInterval: pause)
            wait = min(wait * 2, Self.longestWaitSeconds)
        }
    }

    private func sayTurn(_ started: Instant, seconds: Double) {
        guard isWatched, jitterSeconds > 0 else { return }
        let begin = Self.clockTime(of: started, plus: seconds)
        let end = Self.clockTime(of: started, plus: windowSeconds)
        output(
            L(
                "等到 \(begin) 开始同步：各站错开时间，免得同时连镇街；不成功会重试到 \(end)。要马上同步，按 Ctrl-C 后运行 ruhu sync。",
                "Waiting until \(begin): stations take turns, lest all call the township at once; it tries until \(end). To sync now: Ctrl-C, then ruhu sync."
            ))
    }

    private static func clockTime(of start: Instant, plus seconds: Double) -> String {
        let time = Instant(milliseconds: start.milliseconds + Int64(seconds * 1000))
        return String(time.description.dropFirst(11).prefix(8))
    }

    private func log(started: Instant, result: SyncRun.Result, tries: Int) throws {
        let night = Night(
            startedAt: started, endedAt: station.clock(), outcome: result.outcome.rawValue,
            detail: "tries \(tries), sets \(result.counts.sets), records \(result.counts.records)")
        try station.replica.write { try $0.keep(night) }
    }
}
