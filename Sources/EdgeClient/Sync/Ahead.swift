import Dispatch
import Synchronization

/// Work on a thread of its own, while who began it does something else. What the work was lent, its owner must not
/// touch before ``value()`` or ``end()`` has returned.
///
/// A thread, not a task: who waits blocks, and a waiting task would hold one of the few threads that tasks share.
final class Ahead<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let isUnwanted = Atomic(false)

    /// - Parameter work: asks its argument now and then whether anybody still wants it.
    init(_ work: @escaping @Sendable (_ isUnwanted: @escaping @Sendable () -> Bool) throws -> Value) {
        DispatchQueue(label: "ahead").async { [self] in
            let outcome = Result { try work { self.isUnwanted.load(ordering: .relaxed) } }
            result.withLock { $0 = outcome }
            hasEnded.signal()
        }
    }

    /// Waits for the end; to be called once.
    /// - Throws: what the work threw.
    func value() throws -> Value {
        hasEnded.wait()
        guard let outcome = taken() else { preconditionFailure("ended without a result") }
        return try outcome.get()
    }

    /// Waits for the end of what nobody wants any more.
    func end() {
        isUnwanted.store(true, ordering: .relaxed)
        hasEnded.wait()
        _ = taken()
    }

    /// Nothing of a page stays behind when it is used up.
    private func taken() -> Result<Value, any Error>? {
        result.withLock { result in
            defer { result = nil }
            return result
        }
    }
}
