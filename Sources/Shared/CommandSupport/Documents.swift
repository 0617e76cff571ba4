package import SyncEngine

/// A record, as `show`, `list` and `find` state it.
package struct RecordDocument: Sendable {
    private let record: Record
    private let kind: KindSchema
    private let pending: [String]
    private let conflicts: [RecordID]

    package init(_ record: Record, kind: KindSchema, pending: [String] = [], conflicts: [RecordID]) {
        self.record = record
        self.kind = kind
        self.pending = pending
        self.conflicts = conflicts
    }

    private var fields: [(FieldSchema?, String, Value)] {
        let named = record.named(in: kind)
        var result: [(FieldSchema?, String, Value)] = kind.fields.compactMap { field in
            let value = field.derivation?(named) ?? named[field.name] ?? .null
            return value.isNull ? nil : (field, field.name, value)
        }
        for (name, value) in record.extra.sorted(by: { $0.key < $1.key }) { result.append((nil, name, value)) }
        return result
    }

    package var json: JSONValue {
        .object([
            ("id", .string(record.id.description)), ("kind", .string(kind.name)), ("scope", .string(record.scope.code)),
            ("seq", .int(Int64(record.seq))), ("deleted", .bool(record.isDeleted)),
            ("pending", .array(pending.map(JSONValue.string))),
            ("fields", .object(fields.map { ($0.1, value($0.1, $0.2)) })),
            ("conflicts", .array(conflicts.map { .string($0.description) })),
        ])
    }

    /// A conflict's own fields hold JSON text.
    private func value(_ name: String, _ value: Value) -> JSONValue {
        if kind.name == ConflictRecord.kindName, ["base", "mine", "theirs", "standing"].contains(name),
            let text = value.text
        {
            return .parsed(text)
        }
        return JSONValue(value)
    }

    package var text: String {
        var lines = ["\(kind.label.text()) \(record.id)" + (record.isDeleted ? L("（已删除）", " (deleted)") : "")]
        let width = fields.map { TextTable.width($0.0?.label.text() ?? $0.1) }.max() ?? 0
        for (field, name, value) in fields {
            let label = field?.label.text() ?? name
            let code = field?.rule?.codes.flatMap { codes in value.text.flatMap { codes[$0] } }
            let mark = pending.contains(name) ? L("  ←未定", "  ← pending") : ""
            lines.append(
                "  " + label + String(repeating: " ", count: width - TextTable.width(label) + 2)
                    + JSONValue(value).plain + (code.map { " " + $0 } ?? "") + mark)
        }
        if !conflicts.isEmpty {
            lines.append(L("  有 \(conflicts.count) 个冲突待决定", "  \(conflicts.count) open conflict(s)"))
        }
        return lines.joined(separator: "\n")
    }

    /// One line of a listing.
    package var line: String {
        let shown = fields.filter { $0.0?.type != .reference }.prefix(4).map { JSONValue($0.2).plain }
        return "\(record.id)  \(shown.joined(separator: "  "))"
    }
}

/// One set's part in a record's history.
package struct HistoryEntry: Sendable {
    private let item: HistoryItem

    package init(_ item: HistoryItem) { self.item = item }

    package var json: JSONValue {
        .object([
            ("seq", .int(Int64(item.seq))), ("device", .string(item.device.description)),
            ("author", .string(item.author)), ("at", .string(item.at.description)), ("reason", .string(item.reason)),
            ("edits", .array(item.effects.map(Self.edit))), ("outcome", .string(item.outcome.rawValue)),
        ])
    }

    private static func edit(_ effect: Effect) -> JSONValue {
        let element = effect.element.map { [("element", JSONValue.string($0))] } ?? []
        return .object(
            [("field", .string(effect.field))] + element + [
                ("old", JSONValue(effect.old)), ("new", JSONValue(effect.new)),
            ])
    }

    package var text: String {
        let edits = item.effects.map { "    \($0.field): \(JSONValue($0.old).plain) → \(JSONValue($0.new).plain)" }
        let head =
            "\(item.seq == 0 ? "-" : String(item.seq))  \(item.at)  \(item.author)  \(item.outcome.rawValue)"
            + (item.reason.isEmpty ? "" : "  \(item.reason)")
        return ([head] + edits).joined(separator: "\n")
    }
}

/// A conflict record, as both programs state it.
package struct ConflictDocument: Sendable {
    private let record: Record

    package init(_ record: Record) { self.record = record }

    private func value(_ name: String) -> Value { record.value(name, in: ConflictRecord.kind) }
    private func json(_ name: String) -> JSONValue { value(name).text.map(JSONValue.parsed) ?? .null }

    package var json: JSONValue {
        .object([
            ("id", .string(record.id.description)), ("kind", JSONValue(value("record_kind"))),
            ("record", JSONValue(value("record"))), ("field", JSONValue(value("field"))),
            ("element", JSONValue(value("element"))), ("policy", JSONValue(value("policy"))), ("base", json("base")),
            ("mine", json("mine")), ("theirs", json("theirs")), ("standing", json("standing")),
            ("state", JSONValue(value("state"))), ("authors", .array(value("authors").elements.map(JSONValue.string))),
            ("seqs", .array(value("seqs").elements.map { .int(Int64($0) ?? 0) })),
        ])
    }

    package var text: String {
        let field = value("field").text ?? ""
        return """
            \(record.id)  \(value("record_kind").text ?? "").\(field)  (\(value("policy").text ?? ""))  \(value("state").text ?? "")
              mine \(json("mine").plain) · theirs \(json("theirs").plain) · \(L("现行", "standing")) \(json("standing").plain)  \
            [\(value("authors").elements.joined(separator: " / "))]
            """
    }
}

/// A set that is kept aside.
package struct RefusedDocument: Sendable {
    private let set: ChangeSet
    private let problem: Problem?

    package init(set: ChangeSet, problem: Problem?) {
        self.set = set
        self.problem = problem
    }

    package var json: JSONValue {
        .object([
            ("device", .string(set.device.description)), ("number", .int(Int64(set.number))),
            ("code", .int(Int64(problem?.code.rawValue ?? 0))),
            ("reason", .string(problem.map { Failure($0).message } ?? "")), ("changes", set.changesDocument),
        ])
    }

    package var text: String {
        L("第 \(set.number) 号：", "Number \(set.number): ") + (problem.map { Failure($0).message } ?? "")
            + "\n" + set.changes.map { "    \($0.kind) \($0.record)" }.joined(separator: "\n")
    }
}

/// A set of the outbox.
package struct OutboxDocument: Sendable {
    private let sent: OutboxSet

    package init(_ sent: OutboxSet) { self.sent = sent }

    package var json: JSONValue {
        let set = sent.sealed.set
        return .object([
            ("number", .int(Int64(set.number))), ("at", .string(set.time.instant.description)),
            ("author", .string(set.author)), ("reason", .string(set.reason)), ("changes", set.changesDocument),
            ("state", .string("\(sent.state)")),
        ])
    }

    package var text: String {
        let set = sent.sealed.set
        return "\(set.number)  \(set.time.instant)  \(set.author)  \(sent.state)\n"
            + set.changes.map { "    \($0.kind) \($0.record)  \($0.edits.map(\.field).joined(separator: " "))" }
            .joined(separator: "\n")
    }
}

extension ChangeSet {
    fileprivate var changesDocument: JSONValue {
        .array(
            changes.map { change in
                .object([
                    ("kind", .string(change.kind)), ("record", .string(change.record.description)),
                    ("operation", .string("\(change.operation)")),
                    (
                        "edits",
                        .array(
                            change.edits.map { edit in
                                .object([
                                    ("field", .string(edit.field)), ("old", JSONValue(edit.old)),
                                    ("new", JSONValue(edit.new)),
                                ])
                            })
                    ),
                ])
            })
    }
}

extension Output {
    package func write(records: [RecordDocument]) {
        write(
            .object([("records", .array(records.map(\.json))), ("count", .int(Int64(records.count)))]),
            text: records.map(\.line).joined(separator: "\n") + (records.isEmpty ? L("没有记录", "No records") : ""))
    }

    package func write(history: [HistoryEntry]) {
        write(.object([("entries", .array(history.map(\.json)))]), text: history.map(\.text).joined(separator: "\n"))
    }

    package func write(conflicts: [ConflictDocument]) {
        write(
            .object([("conflicts", .array(conflicts.map(\.json)))]),
            text: conflicts.isEmpty ? L("没有冲突", "No conflicts") : conflicts.map(\.text).joined(separator: "\n"))
    }

    package func write(refused: [RefusedDocument]) {
        write(
            .object([("sets", .array(refused.map(\.json)))]),
            text: refused.isEmpty ? L("没有被退回的变更", "Nothing is refused") : refused.map(\.text).joined(separator: "\n"))
    }

    package func write(outbox: [OutboxDocument]) {
        write(
            .object([("sets", .array(outbox.map(\.json)))]),
            text: outbox.isEmpty ? L("全部已同步", "Everything is synced") : outbox.map(\.text).joined(separator: "\n"))
    }
}
