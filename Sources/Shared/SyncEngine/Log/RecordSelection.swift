/// Which records a listing shows.
package struct RecordSelection: Hashable, Sendable {
    /// At most so many.
    package var limit: Int
    /// After this id, in id order.
    package var after: RecordID?
    /// Deleted ones and aliases too.
    package var isComplete: Bool
    /// Of this scope and what lies below it alone.
    package var scope: Scope?

    package init(limit: Int = 1_000, after: RecordID? = nil, isComplete: Bool = false, scope: Scope? = nil) {
        self.scope = scope
        self.limit = limit
        self.after = after
        self.isComplete = isComplete
    }
}
