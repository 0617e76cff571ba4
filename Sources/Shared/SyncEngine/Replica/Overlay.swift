/// Rebase: pending edits replayed on top of a shadow that has moved.
package enum Overlay {
    /// What the user sees: `shadow` with the changes that `sets` make to the record on top, in order.
    /// - Returns: `nil` when the record neither exists nor is created by a set.
    package static func replay(
        _ sets: [ChangeSet], onto shadow: Record?, id: RecordID, kind: KindSchema, scope: Scope
    ) -> Record? {
        var working = shadow
        for set in sets {
            for change in set.changes where change.record == id {
                switch change.operation {
                case .create:
                    var record = working ?? Record(id: id, kind: kind, scope: scope)
                    apply(change, to: &record, kind: kind)
                    working = record
                case .edit:
                    guard var record = working else { continue }
                    apply(change, to: &record, kind: kind)
                    working = record
                case .delete:
                    working?.isDeleted = true
                }
            }
        }
        return working
    }

    /// A verbatim set folded into the shadow by the device that wrote it.
    package static func fold(
        _ change: Change, at seq: Seq, into shadow: Record?, kind: KindSchema, scope: Scope
    ) -> Record? {
        var record = shadow
        switch change.operation {
        case .create:
            var new = Record(id: change.record, kind: kind, scope: scope)
            apply(change, to: &new, kind: kind)
            record = new
        case .edit:
            guard record != nil else { return nil }
            apply(change, to: &record!, kind: kind)  // checked above
        case .delete:
            record?.isDeleted = true
        }
        record?.seq = seq
        return record
    }

    private static func apply(_ change: Change, to record: inout Record, kind: KindSchema) {
        record.assign(change.edits, in: kind)
        if let field = kind.scopeField, let code = record.value(field, in: kind).text { record.scope = Scope(code) }
    }
}
