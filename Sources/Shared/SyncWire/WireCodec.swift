import Foundation
import SwiftProtobuf
package import SyncEngine

/// Sets and effects as the bytes of `ruhu.proto`: deterministic, and strict on the way back.
package struct WireCodec: ChangeCodec {
    package init() {}

    package func encode(_ set: ChangeSet) -> [UInt8] { Protobuf.bytes(Ruhu_V1_ChangeSet(set)) }

    package func decode(set bytes: [UInt8]) throws -> ChangeSet {
        guard bytes.count <= Limits.setBytes else { throw CodecError("set of \(bytes.count) bytes") }
        return try Protobuf.message(Ruhu_V1_ChangeSet.self, bytes).engineValue()
    }

    package func encode(_ effects: [Effect]) -> [UInt8] {
        var message = Ruhu_V1_Effects()
        message.effects = effects.map(Ruhu_V1_Effect.init)
        return Protobuf.bytes(message)
    }

    package func decode(effects bytes: [UInt8]) throws -> [Effect] {
        try Protobuf.message(Ruhu_V1_Effects.self, bytes).effects.map { try $0.engineValue() }
    }

    package func encode(_ value: Value) -> [UInt8] { Ruhu_V1_Value(value).map(Protobuf.bytes) ?? [] }

    package func decode(value bytes: [UInt8]) throws -> Value {
        try Protobuf.message(Ruhu_V1_Value.self, bytes).engineValue()
    }
}

enum Protobuf {
    static func bytes(_ message: some Message) -> [UInt8] {
        // Only a missing required field can fail, and proto3 has none.
        (try? message.serializedBytes()) ?? []
    }

    static func message<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws(CodecError) -> M {
        do { return try M(serializedBytes: bytes) } catch { throw CodecError("\(M.protoMessageName): \(error)") }
    }

    static func id(_ data: Data, _ name: String) throws(CodecError) -> RecordID {
        guard let id = RecordID(bytes: data) else { throw CodecError("\(name) has \(data.count) bytes") }
        return id
    }

    static func hash(_ data: Data, _ name: String) throws(CodecError) -> Hash256 {
        guard let hash = Hash256(bytes: data) else { throw CodecError("\(name) has \(data.count) bytes") }
        return hash
    }
}

// MARK: - Values

extension Ruhu_V1_Value {
    /// `nil` for null, which is an absent field.
    init?(_ value: Value) {
        self.init()
        switch value {
        case .null: return nil
        case .text(let text): self.text = text
        case .int64(let number): int64 = number
        case .bool(let flag): bool = flag
        case .date(let day): date = day.daysSinceEpoch
        case .time(let instant): time = instant.milliseconds
        case .list(let elements): list.elements = elements
        }
    }

    func engineValue() throws(CodecError) -> Value {
        switch kind {
        case nil: return .null
        case .text(let text):
            guard text.utf8.count <= Limits.textBytes else { throw CodecError("text of \(text.utf8.count) bytes") }
            return .text(text)
        case .int64(let number): return .int64(number)
        case .bool(let flag): return .bool(flag)
        case .date(let days): return .date(CalendarDay(daysSinceEpoch: days))
        case .time(let milliseconds): return .time(Instant(milliseconds: milliseconds))
        case .list(let list):
            guard list.elements.count <= Limits.listElements else { throw CodecError("list of \(list.elements.count)") }
            return .list(list.elements)
        }
    }
}

extension Ruhu_V1_Base {
    init(_ base: Base) {
        self.init()
        epoch = Data(base.epoch.bytes)
        seq = base.seq
    }

    func engineValue() throws(CodecError) -> Base { Base(epoch: try Protobuf.id(epoch, "base.epoch"), seq: seq) }
}

// MARK: - Sets

extension Ruhu_V1_ChangeSet {
    init(_ set: ChangeSet) {
        self.init()
        device = Data(set.device.bytes)
        number = set.number
        time = set.time.rawValue
        author = set.author
        reason = set.reason
        schemaVersion = set.schemaVersion
        base = Ruhu_V1_Base(set.base)
        if let day = set.observedOn { observedOn = day.daysSinceEpoch }
        switch set.intent {
        case .record: break
        case .amend(let number): amends = number
        case .withdraw(let number): withdraws = number
        case .resolve(let conflict): resolves = Data(conflict.bytes)
        }
        changes = set.changes.map(Ruhu_V1_Change.init)
    }

    func engineValue() throws(CodecError) -> ChangeSet {
        guard changes.count <= Limits.changesPerSet else { throw CodecError("\(changes.count) changes") }
        guard number > 0, hasBase else { throw CodecError("number or base missing") }
        var result: [Change] = []
        result.reserveCapacity(changes.count)
        for change in changes { result.append(try change.engineValue()) }
        return ChangeSet(
            device: try Protobuf.id(device, "device"), number: number, time: HybridTime(rawValue: time), author: author,
            reason: reason, schemaVersion: schemaVersion, base: try base.engineValue(),
            observedOn: hasObservedOn ? CalendarDay(daysSinceEpoch: observedOn) : nil, intent: try intent(),
            changes: result)
    }

    private func intent() throws(CodecError) -> Intent {
        switch (amends, withdraws, resolves.isEmpty) {
        case (0, 0, true): .record
        case (let number, 0, true): .amend(number)
        case (0, let number, true): .withdraw(number)
        case (0, 0, false): .resolve(try Protobuf.id(resolves, "resolves"))
        default: throw CodecError("more than one intent")
        }
    }
}

extension Ruhu_V1_Change {
    init(_ change: Change) {
        self.init()
        kind = change.kind
        record = Data(change.record.bytes)
        operation = UInt32(change.operation.rawValue)
        edits = change.edits.map(Ruhu_V1_Edit.init)
    }

    func engineValue() throws(CodecError) -> Change {
        guard let operation = Change.Operation(rawValue: UInt8(clamping: operation)) else {
            throw CodecError("operation \(operation)")
        }
        var result: [Edit] = []
        result.reserveCapacity(edits.count)
        for edit in edits { result.append(try edit.engineValue()) }
        return Change(kind: kind, record: try Protobuf.id(record, "record"), operation: operation, edits: result)
    }
}

extension Ruhu_V1_Edit {
    init(_ edit: Edit) {
        self.init()
        field = edit.field
        if let element = edit.element { self.element = element }
        if let value = Ruhu_V1_Value(edit.old) { old = value }
        if let value = Ruhu_V1_Value(edit.new) { new = value }
        if let base = edit.base { self.base = Ruhu_V1_Base(base) }
    }

    func engineValue() throws(CodecError) -> Edit {
        Edit(
            field, element: hasElement ? element : nil, old: hasOld ? try old.engineValue() : .null,
            new: hasNew ? try new.engineValue() : .null, base: hasBase ? try base.engineValue() : nil)
    }
}

extension Ruhu_V1_Effect {
    init(_ effect: Effect) {
        self.init()
        field = effect.field
        if let element = effect.element { self.element = element }
        if let value = Ruhu_V1_Value(effect.old) { old = value }
        if let value = Ruhu_V1_Value(effect.new) { new = value }
        result = UInt32(effect.result.rawValue)
    }

    func engineValue() throws(CodecError) -> Effect {
        guard let result = Effect.Result(rawValue: UInt8(clamping: result)) else {
            throw CodecError("result \(result)")
        }
        return Effect(
            field, element: hasElement ? element : nil, old: hasOld ? try old.engineValue() : .null,
            new: hasNew ? try new.engineValue() : .null, result)
    }
}
