import Assistance
import CommandSupport
import Markup
import SyncEngine

/// Values as a page shows them: what codes mean, money in yuan, numbers and illnesses masked.
enum Shown {
    static func masked(in kind: KindSchema?) -> (Value, _ field: String) -> Value {
        { value, field in Masking.masked(value, of: field, in: kind?.name ?? "") }
    }

    /// - Parameter isClear: the person has asked, with a reason (``Disclosure``).
    static func value(_ value: Value, of field: FieldSchema, in kind: KindSchema, isClear: Bool = false) -> HTML {
        if value.isNull { return .empty }
        let masked = Masking.masked(value, of: field.name, in: kind.name)
        if !isClear, masked != value || Masking.form(of: field.name, in: kind.name) != nil {
            return Tag.span(.class(.masked), text: PlainText.of(masked))
        }
        if field.name.hasSuffix("_fen"), let fen = value.int64 {
            return .text(Table.Cell.fen(fen).plain + L(" 元", " yuan"))
        }
        if field.name == "village", let code = value.text { return village(code) }
        if let text = value.text, let said = named(text, field.name) { return .text(said) }
        if field.type == .text, let text = value.text, let meaning = field.rule?.codes?[text] {
            return .text(meaning.text())
        }
        if case .time(let instant) = value { return .text(time(instant)) }
        return .text(PlainText.of(value, field: field))
    }

    /// What a visit keeps by its name: the programme of the trial, the form with its version; `nil` for any other text.
    private static func named(_ text: String, _ field: String) -> String? {
        switch field {
        case "trial_programme": return Programme(rawValue: text)?.label.text()
        case "form":
            let parts = text.split(separator: " ")
            guard parts.first.map(String.init) == UniformSurvey.name else { return nil }
            let version = parts.dropFirst().joined(separator: " ")
            return L("入户调查表", "Household survey")
                + (version.isEmpty ? "" : L(" 第 \(version) 版", ", version \(version)"))
        default: return nil
        }
    }

    static func label(of state: ConflictRecord.State) -> String {
        switch state {
        case .open: L("待决定", "open")
        case .resolved: L("已决定", "decided")
        case .superseded: L("已被后来的填写取代", "superseded")
        }
    }

    static func value(_ name: String, of record: Linked, isClear: Bool = false) -> HTML {
        guard let field = record.kind.field(name) else { return .empty }
        return value(record.value(name), of: field, in: record.kind, isClear: isClear)
    }

    /// A village as it is called, the code beside it.
    static func village(_ code: String) -> HTML {
        guard let name = VillageNames.current[code] else { return .text(code) }
        return Tag.span(.title(code), text: name)
    }

    /// One of the villages that have records, or all.
    static func villageChoice(_ value: String) -> HTML {
        let known = VillageNames.current.codes
        let codes = value.isEmpty || known.contains(value) ? known : [value] + known
        return Parts.select(
            "village", L("村居", "Village"),
            options: [(value: "", text: L("全部", "All"))]
                + codes.map { (value: $0, text: VillageNames.current.title(of: $0)) }, value: value)
    }

    /// One of these villages, which a form needs.
    /// - Parameter first: what stands there before one is chosen.
    static func villageToChoose(among codes: [String], first: String, value: String = "") -> HTML {
        let codes = value.isEmpty || codes.contains(value) ? codes : [value] + codes
        return .group([
            Parts.select(
                "village", L("村居", "Village"),
                options: [(value: "", text: first)]
                    + codes.map { (value: $0, text: VillageNames.current.title(of: $0)) }, value: value),
            codes.isEmpty
                ? Tag.p(.class(.hint, .soon)) {
                    L("还没有村居：", "There is no village yet: ")
                    Parts.link(L("先登记村居名称", "name the villages first"), Link("villages"))
                } : .empty,
        ])
    }

    static func villages(_ codes: [String]) -> HTML {
        .group(codes.enumerated().map { .group([$0.offset == 0 ? .empty : .text(L("、", ", ")), village($0.element)]) })
    }

    /// What a field is called: money is shown in yuan, a village by its name.
    static func label(_ field: FieldSchema) -> String {
        field.name == "village"
            ? L("村居", "Village") : field.label.text().replacing("（分）", with: "").replacing(" (fen)", with: "")
    }

    /// Of a field, or of a group of fields, by its name.
    static func label(_ name: String, in kind: KindSchema?) -> String {
        kind?.field(name).map(label) ?? FieldNames.label(of: name, in: kind).text()
    }

    /// Who wrote it: the township's own programs have no person's name.
    static func author(_ author: String) -> String { author == "desk" ? L("镇街", "The township") : author }

    /// As every free text: numbers by which a person could be found are masked.
    static func reason(_ reason: String, isClear: Bool = false) -> String {
        reason == "nightly" ? L("夜间任务", "the night job") : masked(reason: reason, isClear: isClear)
    }

    /// As it was written, masked.
    static func masked(reason: String, isClear: Bool = false) -> String {
        isClear ? reason : Masking.numbers(in: reason, alsoPhones: false)
    }

    /// A moment; the day alone of midnight, and of the noon that stands for a day without a time.
    static func time(_ instant: Instant) -> String {
        let text = PlainText.of(instant)
        return text.hasSuffix(" 00:00:00") || text.hasSuffix(" 12:00:00") ? String(text.prefix(10)) : text
    }

    /// In a line of what was changed: what a code means, money in yuan, who or what an id stands for.
    static func words(_ value: Value, _ field: FieldSchema?, names: (RecordID) -> String? = { _ in nil }) -> String {
        func word(_ text: String) -> String {
            if let meaning = field?.rule?.codes?[text] { return meaning.text() }
            if field?.name == "village" { return VillageNames.current.name(of: text) }
            if let said = named(text, field?.name ?? "") { return said }
            // The states of a case, which a step names as texts.
            if ["from", "to"].contains(field?.name), let state = CaseState(rawValue: text) {
                return state.label.text()
            }
            // A state that the schema has no words for is a conflict's.
            if field?.name == "state", let state = ConflictRecord.State(rawValue: text) {
                return label(of: state)
            }
            if field == nil, let name = VillageNames.current[text] { return name }
            guard let id = RecordID(text) else { return text }
            return names(id) ?? L("（另一条记录）", "(another record)")
        }
        if let fen = value.int64, field?.name.hasSuffix("_fen") == true {
            return Table.Cell.fen(fen).plain + L(" 元", " yuan")
        }
        switch value {
        case .text(let text): return word(text)
        case .time(let instant): return time(instant)
        case .list(let elements): return elements.map(word).joined(separator: L("、", ", "))
        default: return PlainText.of(value)
        }
    }

    /// A text in which ids stand, with names in their places; an id of nobody known goes.
    static func named(_ text: String, _ names: [String: String]) -> String {
        text.replacing(#/ ?([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}) ?/#) { match in
            names[String(match.1)].map { " \($0) " } ?? " "
        }
    }

    /// What a code means, without the code.
    static func meaning(_ name: String, of record: Linked) -> String {
        guard let text = record.text(name) else { return "" }
        return record.kind.field(name)?.rule?.codes?[text]?.text() ?? text
    }
}
