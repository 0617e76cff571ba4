import SyncEngine

@testable import SyncWire

/// What the generated code makes of a set: the bytes that the product's own must equal.
enum GeneratedWriter {
    static func bytes(_ set: ChangeSet) -> [UInt8] { Protobuf.bytes(WireChangeSet(set)) }
}

extension WireChangeSet {
    init(_ set: ChangeSet) {
        self.init()
        number = set.number
        milliseconds = set.time.rawValue >> 16
        counter = UInt32(set.time.counter)
        device = set.device.data
        epoch = set.base.epoch.data
        seq = set.base.seq
        schemaVersion = set.schemaVersion
        author = set.author
        reason = set.reason
        if let day = set.observedOn { observedOn = day.daysSinceEpoch }
        switch set.intent {
        case .record: break
        case .amend(let number): intent = .amend(number)
        case .withdraw(let number): intent = .withdraw(number)
        case .resolve(let conflict): intent = .resolve(conflict.data)
        }
        changes = set.changes.map { WireChange($0, setEpoch: set.base.epoch) }
    }
}

extension WireChange {
    fileprivate init(_ change: Change, setEpoch: EpochID) {
        self.init()
        kind = change.kind
        operation =
            switch change.operation {
            case .create: .create
            case .edit: .edit
            case .delete: .delete
            }
        record = change.record.data
        fields = change.edits.map(\.field)
        var columns = ColumnWriter()
        if change.edits.contains(where: { !$0.old.isNull }) {
            oldTags = change.edits.map { columns.append($0.old, element: $0.element) }
        }
        newTags = change.edits.map { columns.append($0.new, element: $0.element) }
        numbers = columns.numbers
        texts = columns.texts
        for (row, edit) in change.edits.enumerated() {
            if let element = edit.element { elements.append(WireElement(row, element)) }
            if let base = edit.base { bases.append(WireEditBase(row, base, setEpoch: setEpoch)) }
        }
    }
}

extension WireEditBase {
    fileprivate init(_ row: Int, _ base: Base, setEpoch: EpochID) {
        self.init()
        self.row = UInt32(row)
        if base.epoch != setEpoch { epoch = base.epoch.data }
        seq = base.seq
    }
}
