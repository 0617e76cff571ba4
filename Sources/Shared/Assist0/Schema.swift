package import SyncEngine

package enum AssistanceSchema {
    package static let current = Schema(version: 1, kinds: [household, member, income, expense, property, account, visit, note])
    static func f(_ n: String, _ t: ValueType, _ p: MergePolicy, d: (@Sendable ([String: Value]) -> Value)? = nil) -> FieldSchema {
        FieldSchema(n, t, p, .personal, Label(zh: n, en: n), derivation: d)
    }
    static let hh = [ParentField("household", kind: "household")]
    static let hm = [ParentField("household", kind: "household"), ParentField("member", kind: "member")]
    static let household = KindSchema("household", label: Label(zh: "住户", en: "Household"), scopeField: "village", searchFields: ["number", "address"], fields: [
        f("village", .text, .townshipWins), f("number", .text, .latestVisit()), f("address", .text, .latestVisit()), f("phones", .list, .setUnion),
        f("annual_income_fen", .int64, .latestVisit()), f("rooms", .int64, .latestVisit()), f("remarks", .text, .latestVisit())])
    static let member = KindSchema("member", label: Label(zh: "成员", en: "Member"), parents: hh, groups: [FieldGroup("name", ["name", "id_number"])], searchFields: ["name"], fields: [
        f("household", .reference, .humanReview), f("name", .text, .humanReview), f("id_number", .text, .humanReview), f("education", .text, .latestVisit()), f("labour_ability", .text, .humanReview),
        f("birth_date", .date, .derived, d: { $0["id_number"]?.text.flatMap { i in let a = Array(i); return a.count == 18 ? CalendarDay("\(String(a[6..<10]))-\(String(a[10..<12]))-\(String(a[12..<14]))") : nil }.map(Value.date) ?? .null })])
    static let income = KindSchema("income_item", label: Label(zh: "收入", en: "Income"), parents: hm, naturalKeys: [NaturalKey(required: ["member", "type"], optional: ["period", "from"])], groups: [FieldGroup("amount_fen", ["amount_fen", "to"])], fields: [
        f("household", .reference, .latestVisit()), f("member", .reference, .latestVisit()), f("type", .text, .latestVisit()), f("amount_fen", .int64, .latestVisit(reviewAbovePercent: 20)), f("period", .text, .latestVisit()), f("from", .date, .latestVisit()), f("to", .date, .latestVisit(reviewAbovePercent: 20))])
    static let expense = KindSchema("expense_item", label: Label(zh: "支出", en: "Expense"), parents: hm, fields: [f("household", .reference, .latestVisit()), f("member", .reference, .latestVisit())])
    static let property = KindSchema("property_item", label: Label(zh: "财产", en: "Property"), parents: hh, fields: [f("household", .reference, .latestVisit())])
    static let account = KindSchema("bank_account", label: Label(zh: "账户", en: "Account"), parents: hm, groups: [FieldGroup("number", ["kind", "number", "bank", "holder"])], fields: [
        f("household", .reference, .humanReview), f("member", .reference, .humanReview), f("kind", .text, .humanReview), f("number", .text, .humanReview), f("bank", .text, .humanReview), f("holder", .text, .humanReview)])
    static let visit = KindSchema("visit", label: Label(zh: "走访", en: "Visit"), parents: hh, isAppendOnly: true, fields: [f("household", .reference, .immutable), f("when", .time, .immutable), f("summary", .text, .immutable)])
    static let note = KindSchema("note", label: Label(zh: "备注", en: "Note"), parents: hh, isAppendOnly: true, fields: [f("household", .reference, .immutable), f("text", .text, .immutable)])
}

package enum SearchText {
    package static func line(kind: KindSchema, record: Record) -> String? {
        let t = kind.searchFields.compactMap { record.value($0, in: kind).text }
        return t.isEmpty ? nil : t.joined(separator: "\n").lowercased()
    }
}

package enum VillageCode {
    package static func isValid(_ code: String) -> Bool {
        guard code.utf8.count == 12, let last = Int(code.suffix(3)) else { return false }
        return (1...399).contains(last)
    }
}
