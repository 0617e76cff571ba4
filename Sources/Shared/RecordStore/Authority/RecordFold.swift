import SyncEngine

/// A record as its changes make it, one after the other, beginning with its first.
struct RecordFold {
    private let kind: KindSchema
    private(set) var record: Record

    /// - Parameter first: of the record's first change.
    init(_ first: LogReader.Header, kind: KindSchema) {
        self.kind = kind
        record = Record(id: first.record, kind: kind, scope: first.scope)
    }

    mutating func apply(_ header: LogReader.Header, _ change: LoggedChange) {
        for effect in change.effects where effect.changesValue {
            if effect.field == Effect.deleted || effect.field == Effect.scope { continue }
            record.assign(effect.new, to: effect.key, in: kind)
        }
        record.scope = header.scope
        record.isDeleted = header.isDeleted
        record.seq = header.seq
    }
}
