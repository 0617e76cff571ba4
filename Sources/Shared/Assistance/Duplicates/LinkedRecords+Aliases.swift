package import SyncEngine

extension Record {
    /// The record that this one was merged into; `nil` for one that stands for itself.
    package func mergedInto(in kind: KindSchema) -> RecordID? {
        kind.index(of: KindSchema.aliasField) == nil ? nil : value(KindSchema.aliasField, in: kind).recordID
    }
}

extension LinkedRecords {
    /// The record that stands for this one: itself, or what it was merged into. References to a merged record are never
    /// rewritten; whoever reads them asks here.
    package func canonical(_ record: Record, kind: KindSchema) throws -> Record {
        var found = record
        // A circle ends somewhere too.
        for _ in 0..<16 {
            guard let next = found.mergedInto(in: kind), let record = try self.record(next, kind: kind) else { break }
            found = record
        }
        return found
    }
}
