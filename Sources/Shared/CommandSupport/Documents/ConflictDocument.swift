package import SyncEngine

/// A conflict record, as both programs state it.
package struct ConflictDocument: Sendable {
    private let record: Record
    private let subject: KindSchema?

    package init(_ record: Record) { self.init(record, subject: nil) }

    /// - Parameter subject: the kind of the record it is about, for the labels that people read.
    package init(_ record: Record, subject: KindSchema?) {
        self.record = record
        self.subject = subject
    }

    private func value(_ name: String) -> Value { record.value(name, in: ConflictRecord.kind) }
    private func json(_ name: String) -> JSONValue { Self.json(of: value(name), named: name) }
    private func text(_ name: String) -> String { value(name).text ?? "" }

    /// A conflict's own field: the values are JSON texts, which are embedded; the seqs are numbers.
    static func json(of value: Value, named name: String) -> JSONValue {
        switch name {
        case "base", "mine", "theirs", "standing": value.text.map(JSONValue.parsed) ?? .null
        case "seqs": .array(value.elements.map { text in Int64(text).map(JSONValue.int) ?? .string(text) })
        case "authors": .array(value.elements.map(JSONValue.string))
        default: JSONValue(value)
        }
    }

    /// `id`, `kind` and id of the `record`, `field` (and the `element` of a set), `policy`, `base`, `mine` (decided
    /// later), `theirs` (already there), `standing`, `state`, `authors`, `seqs`.
    package var json: JSONValue {
        var members = [
            ("id", .string(record.id.description)), ("kind", json("record_kind")), ("record", json("record")),
            ("field", json("field")),
        ]
        if !value("element").isNull { members.append(("element", json("element"))) }
        members += ["policy", "base", "mine", "theirs", "standing", "state", "authors", "seqs"].map { ($0, json($0)) }
        return .object(members)
    }

    /// For people: what it is about, the values, which one stands, and who wrote them.
    package var text: String {
        let kind = subject?.label.text() ?? text("record_kind")
        let element = value("element").text.map { " \($0)" } ?? ""
        let field = FieldNames.label(of: text("field"), in: subject).text() + element
        let head = "\(record.id)  \(kind) \(text("record"))  \(field)  \(Self.label(ofState: text("state")).text())"
        let rows = [
            (L("原值", "Base"), said("base")), (L("已有的值", "Already there"), said("theirs")),
            (L("后到的值", "Decided later"), said("mine")), (L("现行值", "Standing"), said("standing")),
            (L("填写人", "Authors"), value("authors").elements.joined(separator: L("、", ", "))),
        ]
        let width = rows.map { TerminalText.width($0.0) }.max() ?? 0
        return ([head] + rows.map { "    \(TerminalText.padded($0.0, to: width))  \($0.1)" }).joined(separator: "\n")
    }

    /// Of a single field as its kind shows it; of a group, and of one element, as it is kept.
    private func said(_ name: String) -> String {
        let json = json(name)
        guard let field = subject?.field(text("field")), subject?.group(of: field.name) == nil,
            let value = try? Value.parse(json: json, for: field)
        else { return PlainText.of(json) }
        return PlainText.of(value, field: field)
    }

    private static func label(ofState state: String) -> Label {
        switch ConflictRecord.State(rawValue: state) {
        case .open: Label(zh: "待决定", en: "open")
        case .superseded: Label(zh: "已被后来的填写取代", en: "superseded")
        case .resolved: Label(zh: "已决定", en: "resolved")
        case nil: Label(zh: state, en: state)
        }
    }
}

extension Output {
    /// `conflicts`.
    package func write(conflicts: [ConflictDocument]) {
        write(
            .object([("conflicts", .array(conflicts.map(\.json)))]),
            text: conflicts.isEmpty ? L("没有冲突", "No conflicts") : conflicts.map(\.text).joined(separator: "\n"))
    }
}
