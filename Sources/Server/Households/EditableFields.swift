import Assistance
import CommandSupport
import SyncEngine

/// What a clerk writes by hand at the desk: the facts of a household, the entries of the registers. Cases, decisions on
/// them and money have acts of their own.
struct EditableFields: Sendable {
    static let kinds: Set<String> = [
        "household", "member", "income_item", "expense_item", "property_item", "supporter", "bank_account", "note",
    ]
    /// What is made below a household; what happened in it is reported, and never changed after.
    static let below: Set<String> = kinds.subtracting(["household"]).union(["change_report"])

    /// Entries of registers; those of a draw are made by it, and their results written by hand.
    static let entries = Set(Register.all.filter(\.isWritten).map(\.kindName) + [drawn])
    private static let drawn = "sampled_household"

    /// What of a dishonesty record is decided and approved (R61, R62): by who signs.
    private static let signed = ["dishonesty": RegisterAdmission.decisionFields]
    /// Who signs is who is signed in: of each, the field that is signed.
    private static let signatures = [
        "dishonesty": ["decided_by": "decision", "export_approved_by": "export_approved_on"]
    ]

    /// Who may write records of a kind by hand.
    static func permission(of kind: String) -> Permission {
        Register.all.first { $0.kindName == kind && entries.contains(kind) }?.permission ?? .work
    }

    static func mayEdit(_ kind: String, _ person: Person) -> Bool {
        kinds.union(entries).contains(kind) && permission(of: kind).isGiven(to: person.role)
    }

    /// `clear_NAME` of a form: what is masked is not cleared by leaving it empty.
    static let clear = "clear_"
    /// Names of the fields that the form showed masked.
    static let masked = "masked"

    let kind: KindSchema
    /// `nil` for one that is being made.
    let record: Linked?
    /// Fields that are not this person's to write.
    private let withheld: Set<String>

    /// - Parameter person: `nil` where nothing is withheld from anybody.
    /// - Throws: ``Problem`` ``Problem/Code/systemKind`` for a kind that is changed in another way,
    ///   ``Problem/Code/notPermitted``.
    init(_ kind: KindSchema, record: Linked?, for person: Person? = nil) throws {
        let made = Self.kinds.union(Self.below).union(Self.entries.subtracting([Self.drawn]))
        guard (record == nil ? made : Self.kinds.union(Self.entries)).contains(kind.name) else {
            throw Problem(.systemKind, kind.name)
        }
        try person?.check(Self.permission(of: kind.name))
        let maySign = person.map { Permission.approve.isGiven(to: $0.role) } ?? true
        withheld = maySign ? Set((Self.signatures[kind.name] ?? [:]).keys) : Self.signed[kind.name] ?? []
        self.kind = kind
        self.record = record
    }

    var isEntry: Bool { Self.entries.contains(kind.name) }
    /// What came of a household that was drawn.
    var isResult: Bool { kind.name == Self.drawn }

    /// Whether what is written decides what another wrote.
    func isSigned(_ writes: [FieldWrite]) -> Bool {
        let signed = Self.signed[kind.name] ?? []
        return writes.contains { signed.contains($0.field) }
    }

    /// Fields by which a record is blamed on somebody, or decided: what is not one of those that are signed.
    func isGround(_ field: String) -> Bool { !(Self.signed[kind.name] ?? []).contains(field) }

    /// What is written, and the name of who signs where something is signed.
    func signed(_ writes: [FieldWrite], by author: String) -> [FieldWrite] {
        writes
            + (Self.signatures[kind.name] ?? [:]).sorted { $0.key < $1.key }.compactMap { signature, field in
                guard case .set(_, let value)? = writes.first(where: { $0.field == field }) else { return nil }
                return .set(signature, value.isNull ? .null : .text(author))
            }
    }

    /// What a form says of fields that its sender may not write is refused, not dropped.
    /// - Throws: ``Problem`` ``Problem/Code/notPermitted``.
    func checkWithheld(_ form: FormFields) throws {
        for field in kind.storedFields where withheld.contains(field.name) {
            let text = (form[field.name] ?? "").trimmingSpace
            if !(text.isEmpty || text == typed(field)) || form[Self.clear + field.name] != nil {
                throw Problem(.notPermitted, field.label.text())
            }
        }
    }

    /// What says which village an entry is about. Of a village's own the village counts, whatever the field says.
    private var isAboutAVillage: Bool {
        isEntry && !(record.map { VillageCode.isValid($0.record.scope.code) } ?? false)
    }

    /// In schema order; not what is written once and is there, nor what says to which household the record belongs.
    var fields: [FieldSchema] {
        kind.storedFields.filter { field in
            guard field.name != KindSchema.aliasField, field.name != "by" || kind.name != "change_report",
                field.name != "village" || isAboutAVillage,
                !withheld.contains(field.name)
            else { return false }
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
        // What an entry lacks is asked for, and completed later; but where it belongs is said at once.
        if isEntry { return record == nil ? unplaced(writes) : [:] }
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

    private func unplaced(_ writes: [FieldWrite]) -> [String: String] {
        let needed = kind.parents.map(\.field) + [kind.scopeField].compactMap(\.self)
        let missing = needed.filter { name in !writes.contains { $0.field == name } }
        let wrong = missing.compactMap { name in
            kind.field(name).map {
                (name, L("请选择“\($0.name == "village" ? "村居" : $0.label.zh)”", "Choose \($0.label.en)"))
            }
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
