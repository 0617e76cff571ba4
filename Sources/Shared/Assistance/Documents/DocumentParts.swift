import Markup
import SyncEngine

/// What several documents share.
enum DocumentParts {
    /// Where people sign: one cell each, with a date.
    static func signatures(_ titles: String...) -> HTML {
        let cells: [HTML] = titles.map { title in
            .element(.td, nil, span: 1, [.text("\(title)（签字）："), .p("　　　　年　　月　　日", style: .office)])
        }
        return .element(.table, .sign, span: 1, [.element(.tbody, nil, span: 1, [.element(.tr, nil, span: 1, cells)])])
    }

    /// The office's name and seal.
    static func seal(_ subject: DocumentSubject, on day: CalendarDay? = nil) -> HTML {
        .section(
            .seal,
            [
                .element(.p, .office, span: 1, [.text("\(subject.office.title)（盖章）")]),
                .element(.p, .office, span: 1, [.text(day?.chinese ?? "　　　　年　　月　　日")]),
            ])
    }

    /// 送达回执 (R28, R42, R43).
    static func delivery() -> HTML {
        var table = FormTable()
        table.add(("受送达人签字", "　"), ("送达日期", "　　　年　月　日"), columns: 4)
        table.add(("送达人签字", "　"), ("送达方式", "□直接送达　□留置　□邮寄"), columns: 4)
        return .section(.sign, [.h2("送达回执"), table.html])
    }

    /// Who lives in the household.
    /// - Parameters:
    ///   - isFull: whether identity numbers are in clear.
    ///   - hasHealth: whether health and ability are shown.
    static func members(_ subject: DocumentSubject, isFull: Bool, hasHealth: Bool) -> HTML {
        var table =
            hasHealth
            ? FormTable("序号", "姓名", "与户主关系", "身份证号", "健康状况", "残疾", "劳动能力", "就业")
            : FormTable("序号", "姓名", "与户主关系", "身份证号")
        for (index, member) in subject.members.enumerated() {
            let number = member.text("id_number").map { isFull ? $0 : Masking.identityNumber($0) }
            var row = ["\(index + 1)", member.text("name"), member.meaning("relation"), number]
            if hasHealth {
                let disability = [member.meaning("disability_type"), member.meaning("disability_grade")]
                row += [
                    [member.meaning("health"), member.text("disease")].compactMap(\.self).joined(separator: "；"),
                    disability.compactMap(\.self).joined(), member.meaning("labour_ability"),
                    member.meaning("employment"),
                ]
            }
            table.add(values: row, code: 3)
        }
        if table.isEmpty { table.addEmpty(3, columns: hasHealth ? 8 : 4) }
        return .group([.h2("共同生活的家庭成员"), table.html])
    }

    private static let ofHousehold = "家庭"

    static func incomes(_ subject: DocumentSubject) -> HTML {
        var table = FormTable("收入人", "收入类型", "周期", "金额（元）", "起止", "依据")
        for item in subject.all("income_item") {
            let span = [item.day("from"), item.day("to")].map { $0?.description ?? "" }.joined(separator: "～")
            table.add(
                values: [
                    subject.name(of: item.text("member")) ?? ofHousehold, item.meaning("type"), item.meaning("period"),
                    item.yuan("amount_fen"), span == "～" ? "" : span, item.text("evidence"),
                ], numbers: [3])
        }
        if table.isEmpty { table.addEmpty(2, columns: 6) }
        return .group([.h2("家庭收入"), table.html])
    }

    static func expenses(_ subject: DocumentSubject) -> HTML {
        var table = FormTable("支出人", "支出类型", "金额（元）", "报销（元）", "自付（元）", "票据号")
        for item in subject.all("expense_item") {
            table.add(
                values: [
                    subject.name(of: item.text("member")) ?? ofHousehold, item.meaning("type"),
                    item.yuan("amount_fen"), item.yuan("reimbursed_fen"), item.yuan("paid_fen"), item.text("bill_no"),
                ], numbers: [2, 3, 4])
        }
        if table.isEmpty { table.addEmpty(1, columns: 6) }
        return .group([.h2("刚性支出"), table.html])
    }

    static func properties(_ subject: DocumentSubject) -> HTML {
        var table = FormTable("财产类型", "所有人", "车牌或权证号", "价值（元）", "豁免")
        for item in subject.all("property_item") {
            table.add(
                values: [
                    item.typeTitle, subject.name(of: item.text("owner")) ?? ofHousehold,
                    item.text("plate") ?? item.text("certificate"), item.yuan("value_fen"), item.meaning("exemption"),
                ], numbers: [3])
        }
        if table.isEmpty { table.addEmpty(1, columns: 5) }
        return .group([.h2("家庭财产"), table.html])
    }

    static func supporters(_ subject: DocumentSubject) -> HTML {
        var table = FormTable("法定义务人", "与户主关系", "身份证号", "履行能力", "每月应付（元）")
        for item in subject.all("supporter") {
            table.add(
                values: [
                    item.text("name"), item.meaning("relation"), item.text("id_number").map(Masking.identityNumber),
                    item.meaning("ability"), item.yuan("fee_fen"),
                ], numbers: [4], code: 2)
        }
        if table.isEmpty { table.addEmpty(1, columns: 5) }
        return .group([.h2("赡养、抚养、扶养义务人"), table.html])
    }

    /// The lines of the calculation that a decision keeps (R15); nothing for a decision that keeps none.
    static func calculation(_ subject: DocumentSubject) -> HTML {
        guard let kept = subject.decision?.text("calculation"),
            let json = try? JSONParser.documents(Array(kept.utf8)).first, case .array(let lines)? = json["lines"]
        else { return .group([]) }
        var table = FormTable("序号", "核算过程", "金额（元）", "依据")
        for (index, line) in lines.enumerated() {
            let about = subject.label(of: line["item"]?.text).map { "（\($0)）" } ?? ""
            let isDemo = line["parameter"]?["demo"] == .bool(true)
            table.add(
                values: [
                    "\(index + 1)", (line["zh"]?.text ?? "") + about, line["amount"]?.text.map(reading),
                    line["article"]?.text ?? line["law"]?.text ?? (isDemo ? "演示值" : ""),
                ], numbers: [2])
        }
        return .group([.h2("金额核算"), table.html])
    }

    /// `8090/3` as `2696.66…`: a calculation is exact, a form is for people.
    private static func reading(_ amount: String) -> String {
        let parts = amount.split(separator: "/").compactMap { Int64($0) }
        guard parts.count == 2, parts[1] > 0, parts[0].magnitude < UInt64(Yuan.limitFen) else { return amount }
        return Yuan.reading(Ratio(parts[0] * 100) / Ratio(parts[1]))
    }
}

extension DocumentSubject {
    /// A record as people call it.
    fileprivate func label(of id: String?) -> String? {
        guard let id, let record = records.first(where: { $0.record.id.description == id }) else { return nil }
        return record.text("name")
            ?? [name(of: record.text("member")), record.typeTitle].compactMap(\.self)
            .joined(separator: "：")
    }
}

extension Linked {
    /// Of an income, an expense or a property.
    fileprivate var typeTitle: String? {
        text("type").flatMap(PropertyType.init(code:))?.title ?? meaning("type")
    }
}
