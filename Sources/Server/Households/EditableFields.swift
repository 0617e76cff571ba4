import Assistance
import CommandSupport
import SyncEngine

/// What a clerk corrects by hand at the desk: the facts of a household. Cases, decisions and money have acts of their
/// own.
struct EditableFields: Sendable {
    static let kinds: Set<String> = [
        "household", "member", "income_item", "expense_item", "property_item", "supporter", "bank_account", "note",
    ]
    /// What is made below a household; what happened in it is reported, and never changed after.
    static let below: Set<String> = kinds.subtracting(["household"]).union(["change_report"])

    /// `clear_NAME` of a form: what is masked is not cleared by leaving it empty.
    static let clear = "clear_"
    /// Names of the fields that the form showed masked.
    static let masked = "masked"

    let kind: KindSchema
    /// `nil` for one that is being made.
    let record: Linked?

    /// - Throws: ``Problem`` ``Problem/Code/systemKind`` for a kind that is changed in another way.
    init(_ kind: KindSchema, record: Linked?) throws {
        guard (record == nil ? Self.kinds.union(Self.below) : Self.kinds).contains(kind.name) else {
            throw Problem(.systemKind, kind.name)
        }
        self.kind = kind
        self.record = record
    }

    /// In schema order; not what is written once and is there, nor what says to which household the record belongs.
    var fields: [FieldSchema] {
        kind.storedFields.filter { field in
            guard field.name != KindSchema.aliasField, field.name != "village" else { return false }
            guard !kind.parents.contains(where: { $0.field == field.name && $0.kind == "household" }) else {
                return false
            }
            return field.policy != .immutable || record?.value(field.name).isNull ?? true
        }
    }

    static func isMoney(_ field: FieldSchema) -> Bool { field.name.hasSuffix("_fen") }

    /// What a form calls it: money is typed in yuan.
    static func label(_ field: FieldSchema) -> String {
        field.label.text().replacing("（分）", with: "（元）").replacing("(fen)", with: "(yuan)")
    }

    /// What the form has for a field before anybody types.
    func typed(_ field: FieldSchema) -> String {
        guard let record else { return "" }
        let value = record.value(field.name)
        switch value {
        case .null: return ""
        case .int64(let fen) where Self.isMoney(field): return Yuan.text(fen)
        case .int64(let number): return String(number)
        case .bool(let flag): return flag ? "true" : "false"
        case .list(let elements): return elements.joined(separator: ",")
        case .text(let text): return text
        case .date(let day): return day.description
        case .time(let time): return time.description
        }
    }

    /// What a form says: the writes of what it changes, and what is wrong with the rest, by field.
    /// - Parameter only: fields that the form has of the kind; `nil` for all.
    func read(
        _ form: FormFields, only: [String]? = nil, context: RuleContext
    ) -> (writes: [FieldWrite], wrong: [String: String]) {
        let masked = Set(form.all(Self.masked))
        var writes: [FieldWrite] = []
        var wrong: [String: String] = [:]
        for field in fields where only?.contains(field.name) ?? true {
            let isCleared = form[Self.clear + field.name] != nil
            guard isCleared || form[field.name] != nil else { continue }
            let text = form.all(field.name).map(\.trimmingSpace).filter { !$0.isEmpty }.joined(separator: ",")
            if text.isEmpty, masked.contains(field.name), !isCleared { continue }
            do {
                let value: Value = isCleared ? .null : try Self.value(text, for: field)
                _ = try FieldAssignment.validate(value, field: field, context: context)
                if value.normalised != (record?.value(field.name) ?? .null) { writes.append(.set(field.name, value)) }
            } catch {
                wrong[field.name] = Self.words(error)
            }
        }
        return (writes, wrong)
    }

    /// What a record lacks that cannot be completed later, by field; and of a report of a death who has died, for payment
    /// stops by it (R22).
    func missing(_ writes: [FieldWrite], context: RuleContext) -> [String: String] {
        guard record == nil, kind.isAppendOnly else { return [:] }
        let pairs = writes.compactMap { write in
            if case .set(let name, let value) = write { (name, value) } else { nil }
        }
        let values = Dictionary(pairs) { $1 }
        var names = Set((kind.recordRule?(values, context) ?? []).compactMap(\.field))
        if kind.name == "change_report", values["type"] == .text("death"), values["member"] == nil {
            names.insert("member")
        }
        let wrong = names.compactMap { name in
            kind.field(name).map { (name, L("请填写“\($0.label.zh)”", "Fill in \($0.label.en)")) }
        }
        return Dictionary(wrong) { $1 }
    }

    private static func value(_ text: String, for field: FieldSchema) throws -> Value {
        if text.isEmpty { return .null }
        guard isMoney(field) else { return try Value.parse(text: text, for: field) }
        guard let fen = Yuan.fen(text) else {
            throw Problem(
                .badValue, field.name,
                explanation: Label(
                    zh: "“\(field.label.zh)”写元，如 320 或 12.50", en: "\(field.label.en) is in yuan, like 320 or 12.50"))
        }
        return .int64(fen)
    }

    static func words(_ error: any Error) -> String {
        guard let problem = error as? Problem else { return L("不能保存", "Cannot be kept") }
        // It stands beside its field, which needs no name.
        return (problem.explanation ?? problem.code.title).text()
    }
}
