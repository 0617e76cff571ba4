import Assistance
import CommandSupport
import SyncEngine

/// What a cell says: in a file, on a page, on a terminal, in JSON; and how one is made. Nobody else reads cells.
extension Table.Cell {
    init(_ text: String?) { self = text.map(Self.text) ?? .empty }
    init(_ label: Label?) { self = label.map(Self.label) ?? .empty }
    init(_ number: Int64?) { self = number.map(Self.number) ?? .empty }
    init(_ day: CalendarDay?) { self = day.map(Self.day) ?? .empty }
    init(_ programme: Programme?) { self = programme.map { .code($0.rawValue, $0.label) } ?? .empty }
    init(_ state: CaseState?) { self = state.map { .code($0.rawValue, $0.label) } ?? .empty }

    /// A village as it is called; its code in JSON.
    init(_ village: Scope, _ names: VillageNames) {
        let code = village.code
        self = names[code].map { .code(code, Label(zh: $0, en: $0)) } ?? .text(code)
    }

    /// A field's value: codes with what they mean.
    init(_ value: Value, of field: FieldSchema) {
        func meaning(_ code: String) -> Label? { field.rule?.codes?[code] }
        switch value {
        case .null: self = .empty
        case .text(let text): self = meaning(text).map { .code(text, $0) } ?? .text(text)
        case .int64(let number): self = field.name.hasSuffix("_fen") ? .fen(number) : .number(number)
        case .bool(let flag): self = .flag(flag)
        case .date(let day): self = .day(day)
        case .time(let instant): self = .text(instant.plain)
        case .list(let elements): self = .list(elements, meaning)
        }
    }

    /// Several texts or codes: people read them joined as their language does, JSON has them joined by `、`.
    static func list(_ elements: [String], _ meaning: (String) -> Label? = { _ in nil }) -> Self {
        let words = elements.map { meaning($0) ?? Label(zh: $0, en: $0) }
        return .code(
            elements.joined(separator: "、"),
            Label(
                zh: words.map(\.zh).joined(separator: "、"), en: words.map(\.en).joined(separator: ", ")))
    }

    static func flag(_ flag: Bool) -> Self {
        .code(flag ? "true" : "false", flag ? Label(zh: "是", en: "Yes") : Label(zh: "否", en: "No"))
    }

    /// As a file has it: words in Chinese, amounts in yuan with two decimals, days as `YYYY-MM-DD`, parts of a whole as
    /// `12.5%`.
    var plain: String { text(in: .zh) }

    /// As a page has it: words in the reader's language.
    var shown: String { text(in: .current) }

    /// In a table on a terminal, where an empty place is told from a missing one.
    var told: String { self == .empty ? "-" : shown }

    private func text(in language: Language) -> String {
        switch self {
        case .empty: ""
        case .text(let text): text
        case .label(let label), .code(_, let label): label.text(in: language)
        case .number(let number): String(number)
        case .fen(let fen): Yuan.text(fen)
        case .day(let day): day.description
        case .percent(let tenths): Self.decimal(tenths: tenths) + "%"
        }
    }

    /// Codes as they are, amounts in fen, days `YYYY-MM-DD`, parts of a whole as texts like `12.5`; words in the
    /// reader's language.
    var json: JSONValue {
        switch self {
        case .empty: .null
        case .text(let text): .string(text)
        case .label(let label): .string(label.text())
        case .code(let code, _): .string(code)
        case .number(let number), .fen(let number): .int(number)
        case .day(let day): .string(day.description)
        case .percent(let tenths): .string(Self.decimal(tenths: tenths))
        }
    }

    /// Stands to the right, as figures do.
    var isFigure: Bool {
        switch self {
        case .number, .fen, .percent: true
        case .empty, .text, .label, .code, .day: false
        }
    }

    /// `12.5`
    private static func decimal(tenths: Int64) -> String {
        (tenths < 0 ? "-" : "") + "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}

extension Instant {
    /// `2026-11-24 09:30:15`, China Standard Time.
    var plain: String {
        description.prefix { $0 != "." && $0 != "+" }.split(separator: "T").joined(separator: " ")
    }
}

extension Table {
    /// A row by the names of its columns.
    static func document(_ row: [Cell], _ columns: [Column]) -> JSONValue {
        .object(zip(columns, row).map { ($0.name, $1.json) })
    }

    /// Rows on a terminal.
    /// - Parameter hidden: columns that are left out.
    static func text(_ rows: [[Cell]], _ columns: [Column], without hidden: Set<String> = []) -> String {
        let shown = columns.indices.filter { !hidden.contains(columns[$0].name) }
        var table = TextTable(shown.map { columns[$0].title.text() })
        for row in rows { table.add(shown.map { row[$0].told }) }
        return table.text
    }
}
