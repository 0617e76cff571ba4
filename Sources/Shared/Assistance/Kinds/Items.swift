package import SyncEngine

private let period = ["month": "月", "quarter": "季", "year": "年", "once": "一次性"]

/// Income of a member or a household; the same item twice is one (DOMAIN section 4).
let incomeItemKind = KindSchema(
    "income_item", label: Label(zh: "收入", en: "Income"), parents: itemParents,
    naturalKeys: [NaturalKey(required: ["member", "type"], optional: ["period", "from"])],
    groups: [FieldGroup("amount_fen", ["amount_fen", "to"])],
    fields: [
        field("household", .reference, .lv, .sensitive, "所属住户", "Household"),
        field("member", .reference, .lv, .sensitive, "成员", "Member"),
        field("type", .text, .lv, .sensitive, "收入类型", "Type", Rules.codes(CodeLists.incomeType)),
        field("amount_fen", .int64, .lvAmount, .sensitive, "金额（分）", "Amount (fen)", Rules.notNegative),
        field("period", .text, .lv, .sensitive, "周期", "Period", Rules.codes(period)),
        field("from", .date, .lv, .sensitive, "起", "From"),
        field("to", .date, .lvAmount, .sensitive, "止", "To"),
        field("evidence", .text, .lv, .sensitive, "依据", "Evidence", Rules.text(500)),
    ])

/// An expense; a bill is used once (DOMAIN section 5).
let expenseItemKind = KindSchema(
    "expense_item", label: Label(zh: "支出", en: "Expense"), parents: itemParents,
    naturalKeys: [NaturalKey(required: ["bill_no"])],
    groups: [FieldGroup("amount_fen", ["amount_fen", "paid_fen", "reimbursed_fen"])],
    fields: [
        field("household", .reference, .lv, .sensitive, "所属住户", "Household"),
        field("member", .reference, .lv, .sensitive, "成员", "Member"),
        field("type", .text, .lv, .sensitive, "支出类型", "Type", Rules.codes(CodeLists.rigidExpenditure)),
        field("amount_fen", .int64, .lvAmount, .sensitive, "金额（分）", "Amount (fen)", Rules.notNegative),
        field("paid_fen", .int64, .lvAmount, .sensitive, "自付（分）", "Paid (fen)", Rules.notNegative),
        field("reimbursed_fen", .int64, .lvAmount, .sensitive, "报销（分）", "Reimbursed (fen)", Rules.notNegative),
        field("bill_no", .text, .lv, .sensitive, "票据号", "Bill number", Rules.text(64)),
    ])

/// A vehicle, a house, a deposit; the same plate or certificate is the same thing.
let propertyItemKind = KindSchema(
    "property_item", label: Label(zh: "财产", en: "Property"), parents: householdParent,
    naturalKeys: [NaturalKey(required: ["plate"]), NaturalKey(required: ["certificate"])],
    fields: [
        field("household", .reference, .lv, .sensitive, "所属住户", "Household"),
        field("type", .text, .lv, .sensitive, "财产类型", "Type", Rules.text(40)),
        field("plate", .text, .lv, .sensitive, "车牌", "Plate", Rules.text(20)),
        field("certificate", .text, .lv, .sensitive, "权证号", "Certificate", Rules.text(64)),
        field("value_fen", .int64, .lvAmount, .sensitive, "价值（分）", "Value (fen)", Rules.notNegative),
        field("owner", .reference, .lv, .sensitive, "所有人", "Owner"),
        field("exemption", .text, .tw, .sensitive, "豁免", "Exemption", Rules.codes(CodeLists.assetExemption)),
    ])

/// Who owes the household support (赡养、抚养、扶养); the ability is for a person to judge.
let supporterKind = KindSchema(
    "supporter", label: Label(zh: "法定义务人", en: "Supporter"), parents: householdParent,
    naturalKeys: [NaturalKey(required: ["id_number"])],
    fields: [
        field("household", .reference, .lv, .personal, "所属住户", "Household"),
        field("name", .text, .lv, .personal, "姓名", "Name", Rules.text(64)),
        field("id_number", .text, .lv, .personal, "身份证号", "Identity number", Rules.identityNumber),
        field("relation", .text, .lv, .personal, "与户主关系", "Relation to head", Rules.codes(CodeLists.relation)),
        field("ability", .text, .hr, .personal, "履行能力", "Ability", Rules.codes(CodeLists.supporterAbility)),
        field("fee_fen", .int64, .lvAmount, .personal, "每月应付（分）", "Due a month (fen)", Rules.notNegative),
    ])

private let accountKind = ["卡": "银行卡", "折": "存折"]

/// Where money is paid: always for a person to decide, for it is the fraud path. What a station changes waits as a
/// conflict, and the month is paid to the account that stands (DOMAIN section 7, collision 4).
package let bankAccountKind = KindSchema(
    "bank_account", label: Label(zh: "银行账户", en: "Bank account"), parents: itemParents,
    groups: [FieldGroup("number", ["kind", "number", "bank", "holder"])],
    recordRule: { fields, _ in
        guard let number = fields["number"]?.text, !Luhn.isValid(number) else { return [] }
        let isCard = fields["kind"]?.text == "卡"
        return [
            Finding(
                isCard ? .error : .warning, field: "number",
                Label(zh: "账号校验不通过，请逐位核对", en: "The number's check digit does not fit; check every digit"))
        ]
    },
    fields: [
        field("household", .reference, .hr, .sensitive, "所属住户", "Household"),
        field("member", .reference, .hr, .sensitive, "成员", "Member"),
        field("kind", .text, .hrAlways, .sensitive, "卡/折", "Card or book", Rules.codes(accountKind)),
        field("number", .text, .hrAlways, .sensitive, "账号", "Number", Rules.accountNumber),
        field("bank", .text, .hrAlways, .sensitive, "开户行", "Bank", Rules.text(64)),
        field("holder", .text, .hrAlways, .sensitive, "户名", "Holder", Rules.text(64)),
    ])
