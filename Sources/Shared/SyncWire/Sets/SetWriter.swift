import SyncEngine

/// Writes a change set as `ruhu.proto` has it, without the generated messages.
enum SetWriter {
    static func bytes(_ set: ChangeSet) -> [UInt8] {
        var writer = ProtobufWriter(capacity: 1024)
        writer.write(1, set.number)
        writer.write(2, set.time.rawValue >> 16)
        writer.write(3, UInt64(set.time.counter))
        writer.present(4, set.device)
        writer.present(5, set.base.epoch)
        writer.write(6, set.base.seq)
        writer.write(7, UInt64(set.schemaVersion))
        writer.write(8, set.author)
        writer.write(9, set.reason)
        if let day = set.observedOn { writer.present(10, ProtobufWriter.zigzag(Int64(day.daysSinceEpoch))) }
        switch set.intent {
        case .record: break
        case .amend(let number): writer.present(11, number)
        case .withdraw(let number): writer.present(12, number)
        case .resolve(let conflict): writer.present(13, conflict)
        }
        for change in set.changes { writer.present(14, message(change, setEpoch: set.base.epoch)) }
        return writer.bytes
    }

    private static func message(_ change: Change, setEpoch: EpochID) -> ProtobufWriter {
        var writer = ProtobufWriter(capacity: 1024)
        writer.write(1, change.kind)
        writer.write(2, UInt64(change.operation.rawValue))
        for edit in change.edits { writer.present(3, edit.field) }
        // Old values stand before new ones in the columns, and behind them in the message.
        var columns = ColumnWriter()
        var oldTags: [UInt64] = []
        if change.edits.contains(where: { !$0.old.isNull }) {
            oldTags = change.edits.map { UInt64(columns.append($0.old, element: $0.element).rawValue) }
        }
        writer.packed(4, change.edits.map { UInt64(columns.append($0.new, element: $0.element).rawValue) })
        writer.packed(5, oldTags)
        writer.present(6, change.record)
        writer.packed(7, columns.numbers.lazy.map(ProtobufWriter.zigzag))
        for text in columns.texts { writer.present(8, text) }
        for (row, edit) in change.edits.enumerated() {
            guard let element = edit.element else { continue }
            var message = ProtobufWriter(capacity: 32)
            message.write(1, UInt64(row))
            message.write(2, element)
            writer.present(9, message)
        }
        for (row, edit) in change.edits.enumerated() {
            guard let base = edit.base else { continue }
            var message = ProtobufWriter(capacity: 32)
            message.write(1, UInt64(row))
            if base.epoch != setEpoch { message.present(2, base.epoch) }
            message.write(3, base.seq)
            writer.present(10, message)
        }
        return writer
    }
}
