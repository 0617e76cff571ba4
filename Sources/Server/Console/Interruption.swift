import SyncEngine
import Synchronization

/// Whether who waits for a long work still does: it asks from time to time, so that a server that is told to end ends, and
/// nobody's work keeps the others' waiting for hours.
final class Interruption: Sendable {
    /// Of the work under way; `nil` at a shell, where whoever waits stops it himself.
    @TaskLocal static var current: Interruption?

    private let isOver = Atomic(false)
    private let start = ContinuousClock.now

    func end() { isOver.store(true, ordering: .relaxed) }

    /// - Throws: ``Problem`` ``Problem/Code/busy`` when the server is about to end.
    func check() throws {
        if isOver.load(ordering: .relaxed) { throw Problem(.busy) }
    }

    /// - Throws: as ``check()``; ``Problem`` ``Problem/Code/badDocument`` when a roster took too long.
    func checkRoster(_ name: String) throws {
        try check()
        guard ContinuousClock.now - start > .seconds(Limits.rosterSeconds) else { return }
        throw Problem(
            .badDocument, name,
            explanation: Label(
                zh: "试算超过 \(Limits.rosterSeconds) 秒，已停止；请分开导入",
                en: "Working it out took more than \(Limits.rosterSeconds) seconds and was stopped; import it in parts")
        )
    }
}
