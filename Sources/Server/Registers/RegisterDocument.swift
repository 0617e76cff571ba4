import Assistance
import CommandSupport
import SyncEngine

/// A register as `ruhu-server register` states it.
struct RegisterDocument {
    let register: Register
    let entries: [RegisterEntry]
    let summary: JSONValue
    let today: CalendarDay

    init(_ register: Register, _ selection: Register.Selection, of book: RegisterBook) {
        self.register = register
        today = book.today
        entries = register.entries(selection, of: book)
        summary = register.summary(of: entries, in: book)
    }

    var json: JSONValue {
        .object([
            ("register", .string(register.name)), ("rules", .array(register.rules.map { .string($0.code) })),
            ("day", .string(today.description)), ("entries", .array(entries.map(json(of:)))),
            ("count", .int(Int64(entries.count))), ("summary", summary),
        ])
    }

    private func json(of entry: RegisterEntry) -> JSONValue {
        .object(
            [
                ("id", .string(entry.record.record.id.description)),
                ("village", entry.village.map(JSONValue.string) ?? .null),
                ("state", entry.state.map { .string($0.rawValue) } ?? .null),
                ("daysLate", .int(Int64(entry.daysLate))),
            ] + entry.columns.map { ($0.name, $0.value) } + [
                ("findings", .array(entry.findings.map(\.document))), ("fields", .object(fields(of: entry))),
            ])
    }

    private func fields(of entry: RegisterEntry) -> [(String, JSONValue)] {
        let names = register.isExport ? register.shown : entry.record.kind.fields.map(\.name)
        return names.compactMap { name in
            let value = value(name, of: entry)
            return value.isNull ? nil : (name, JSONValue(value))
        }
    }

    private func value(_ field: String, of entry: RegisterEntry) -> Value {
        register.isExport ? entry.record.masked(field) : entry.record.value(field)
    }

    // MARK: - For people

    /// A cell is at most so many columns wide.
    private static let cellWidth = 28

    var text: String {
        let hasStates = entries.contains { $0.state != nil }
        let title = "\(register.label.text())（\(register.rules.map(\.code).joined(separator: "、"))）"
        guard !entries.isEmpty else { return title + L("：没有记录", ": no entries") + sums }
        let kind = entries[0].record.kind
        var table = TextTable(
            [L("记录", "Record")] + register.shown.map { kind.field($0)?.label.text() ?? $0 }
                + entries[0].columns.map { $0.label.text() } + (hasStates ? [L("状态", "State")] : []))
        for entry in entries {
            let cells = register.shown.map { name in
                TerminalText.cut(
                    PlainText.of(value(name, of: entry), field: kind.field(name)), to: Self.cellWidth)
            }
            table.add(
                [entry.record.record.id.description] + cells + entry.columns.map(\.value.plain)
                    + (hasStates ? [state(of: entry)] : []))
        }
        let found = entries.flatMap { entry in
            entry.findings.map { "\(entry.record.record.id)  \($0.message.text())" }
        }
        return ([title, table.text] + found).joined(separator: "\n") + sums
    }

    private func state(of entry: RegisterEntry) -> String {
        guard let state = entry.state else { return "-" }
        return entry.daysLate == 0
            ? state.label.text() : state.label.text() + L(" \(entry.daysLate) 天", " (\(entry.daysLate) days)")
    }

    /// What is added up, in the reader's words; nothing where there is nothing to add up.
    private var sums: String {
        guard case .members(let members) = summary else { return "" }
        let shown = members.filter { $0.value != .object([]) }.map { ($0.key, $0.value) }
        return shown.isEmpty ? "" : "\n" + RegisterWords.told(.object(shown)).outline
    }
}

/// The keys of a summary as people read them.
enum RegisterWords {
    private static let words: [String: Label] = [
        "states": Label(zh: "状态", en: "States"), "posts": Label(zh: "在岗", en: "At work"),
        "villages": Label(zh: "各村", en: "Villages"), "township": Label(zh: "镇（街）本级", en: "The township itself"),
        "village": Label(zh: "村居", en: "village"), "times": Label(zh: "次数", en: "times"),
        "copies": Label(zh: "份数", en: "copies"), "persons": Label(zh: "受众人数", en: "persons"),
        "amountFen": Label(zh: "合计（分）", en: "Sum (fen)"), "sessions": Label(zh: "场次", en: "Sessions"),
        "attendances": Label(zh: "到训人次", en: "Attendances"),
    ]

    static func told(_ value: JSONValue) -> JSONValue {
        value.told(omittingNull: true, word)
    }

    static func word(_ key: String) -> String {
        let label = words[key] ?? RegisterState(rawValue: key)?.label ?? Staffing.postLabel(key)
        return label?.text() ?? key
    }
}

extension Finding {
    /// `severity`, `field`, `message`.
    var document: JSONValue {
        .object([
            ("severity", .string(severity == .error ? "error" : "warning")),
            ("field", field.map(JSONValue.string) ?? .null), ("message", .string(message.text())),
        ])
    }
}

extension Staffing {
    /// `staffing` of `status`.
    var document: JSONValue {
        func list(_ villages: [String]) -> JSONValue { .array(villages.map(JSONValue.string)) }
        return .object([
            ("fullTime", .int(Int64(fullTime))),
            ("fullTimeNeeded", fullTimeNeeded.map { .int(Int64($0)) } ?? .null),
            ("villages", .int(Int64(villages.count))), ("withoutStation", list(withoutStation)),
            ("withoutAssistant", list(withoutAssistant)),
            (
                "tooManyAssistants",
                .array(
                    tooManyAssistants.map {
                        .object([("village", .string($0.village)), ("active", .int(Int64($0.active)))])
                    })
            ),
            ("findings", .array(findings.map { .string($0.message.text()) })),
        ])
    }
}
