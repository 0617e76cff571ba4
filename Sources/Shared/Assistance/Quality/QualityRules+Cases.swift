import SyncEngine

/// Rules about what a household has and spends, and about its cases and its money.
extension QualityRule {
    static let facts: [QualityRule] = [
        QualityRule(
            "Q21", .error, "收支、财产缺计算所需的内容", "An item that cannot be calculated with",
            source: ("收入核算（第 5 节）", "calculation (DOMAIN 5)"), of: "household",
            next: ("按提示补填", "complete what is named")
        ) { file in file.reading.findings.map { Violation(file.home, $0.message) } },
        QualityRule(
            "Q22", .warning, "收入没有依据", "Income without evidence",
            source: ("收入核算（第 5 节）", "income_item.evidence (DOMAIN 4)"), of: "income_item",
            next: ("补填依据，或附上凭证照片", "state the evidence, or attach it")
        ) { file in
            let attached = Set(file.all(Attachment.kindName).compactMap { $0.value("record").recordID })
            return file.all("income_item").filter { $0.value("evidence").isNull && !attached.contains($0.record.id) }
                .map { Violation($0) }
        },
        QualityRule(
            "Q23", .error, "收入止日早于起日", "Income that ends before it begins",
            source: ("收入核算（第 5 节）", "calculation (DOMAIN 5)"), of: "income_item", next: ("更正起止日期", "correct its days")
        ) { file in
            file.all("income_item").filter { item in
                guard let from = item.day("from"), let to = item.day("to") else { return false }
                return to < from
            }.map { Violation($0) }
        },
        QualityRule(
            "Q24", .warning, "法定义务人未认定履行能力", "A supporter whose ability nobody has judged",
            source: ("《社会救助暂行办法》第十四条", "Interim Measures, art. 14"), of: "supporter",
            next: ("认定有无履行能力", "state whether they are able")
        ) { file in file.all("supporter").filter { $0.value("ability").isNull }.map { Violation($0) } },
        QualityRule(
            "Q25", .warning, "账号校验不通过", "An account number whose check digit does not fit",
            source: ("ISO/IEC 7812-1 (Luhn)", "ISO/IEC 7812-1 (Luhn)"), of: "bank_account",
            next: ("对照存折逐位核对", "compare it with the book, digit by digit")
        ) { file in
            file.all("bank_account").filter { $0.text("number").map { !Luhn.isValid($0) } ?? false }
                .map { Violation($0) }
        },
        QualityRule(
            "Q26", .error, "账户户名不是本户成员", "An account in the name of nobody of the household",
            source: ("R14 一本通发放", "R14"), of: "bank_account",
            next: ("核实账户归属，属代领的附委托书", "find out whose it is; a proxy needs a mandate")
        ) { file in
            let names = Set(file.members.compactMap { $0.text("name") })
            return file.all("bank_account").filter { $0.text("holder").map { !names.contains($0) } ?? false }
                .map { Violation($0) }
        },
        QualityRule(
            "Q27", .warning, "附件尚未到达镇街", "A file that has not arrived", source: ("R18、R46", "R18, R46"),
            of: Attachment.kindName, next: ("请工作站同步，或重新拍照上传", "have the station sync, or take it again")
        ) { file in file.all(Attachment.kindName).filter { $0.value("arrived_at").isNull }.map { Violation($0) } },
        QualityRule(
            "Q28", .error, "记录有未处理的冲突", "A record in an open conflict", source: ("第 7 节", "DOMAIN 7"),
            of: "household", next: ("在“待处理的冲突”中处理", "resolve it under Conflicts")
        ) { file in
            let all = [file.home] + file.records.compactMap(Linked.init)
            return all.filter { file.context.inConflict.contains($0.record.id) }
                .map { Violation($0, $0.kind.label) }
        },
    ]

    /// A rule over each case that is in force and paid every month.
    private static func paid(
        _ code: String, _ severity: Severity, _ zh: String, _ en: String, source: (zh: String, en: String),
        next: (zh: String, en: String), _ detail: @escaping @Sendable (CaseFile, HouseholdFile) -> Label?
    ) -> QualityRule {
        QualityRule(code, severity, zh, en, source: source, of: "application", next: next) { file in
            file.cases.filter(\.isPaidMonthly).compactMap { one in
                detail(one, file).map { Violation(one.application, $0) }
            }
        }
    }

    static let cases: [QualityRule] = [
        paid(
            "Q29", .error, "在发放而没有发放账户", "In payment without an account", source: ("R14 一本通发放", "R14"),
            next: ("登记领取人的一本通账户", "enter the payee's account")
        ) { one, _ in one.accounts.isEmpty ? one.programme?.label : nil },
        paid(
            "Q30", .error, "在发放而有两个以上账户", "In payment with more than one account", source: ("R14 一本通发放", "R14"),
            next: ("确定一个账户，其余删除", "keep one, remove the others")
        ) { one, _ in
            one.accounts.count > 1
                ? Label(zh: "\(one.accounts.count) 个账户", en: "\(one.accounts.count) accounts") : nil
        },
        paid(
            "Q31", .error, "在发放而没有有效的核对报告", "In payment without a valid check report",
            source: ("R64 先核后保、R65 应核尽核", "R64, R65"), next: ("在案件页面发起核对", "request a check, on the case's page")
        ) { one, _ in
            let isChecked = one.programme.flatMap { one.pack?.deadline(.rollCheck, of: $0) } != nil
            return isChecked && one.validReport == nil ? one.programme?.label : nil
        },
        paid(
            "Q32", .warning, "复核已超期", "Recheck overdue", source: ("R17、R22 动态管理", "R17, R22"),
            next: ("入户复核后登记结果", "visit and record the result")
        ) { one, _ in
            one.overdueReview.map { Label(zh: "应于 \($0) 复核", en: "it was due on \($0)") }
        },
        paid(
            "Q33", .warning, "最近一次入户早于复核周期", "The last visit is older than the term of the recheck",
            source: ("R19、R22 动态管理", "R19, R22"), next: ("安排入户调查", "visit the household")
        ) { one, file in
            guard let step = one.machine?.review, let programme = one.programme,
                let months = one.pack?.deadline(step, of: programme)?.months
            else { return nil }
            guard let last = file.lastVisit else { return Label(zh: "没有入户记录", en: "no visit is on record") }
            return last.adding(months: months) < file.today ? Label(zh: "最近 \(last)", en: "the last on \(last)") : nil
        },
        QualityRule(
            "Q34", .error, "死亡次月以后仍有发放", "Paid for months after a death", source: ("第 9 节、R16 应退尽退", "DOMAIN 9, R16"),
            of: "member", next: ("停发并追回多发金额", "stop the case and recover what was paid")
        ) { file in
            file.members.compactMap { member in
                guard let died = member.day("death_date"), let paid = file.context.lastPaid[member.record.id],
                    Month(of: died) < paid
                else { return nil }
                return Violation(member, Label(zh: "\(died) 死亡，发至 \(paid)", en: "died \(died), paid through \(paid)"))
            }
        },
        QualityRule(
            "Q35", .warning, "申请材料要素不全", "Papers of a case that are not complete", source: ("R36 手续完备", "R36"),
            of: "application", next: ("按提示补填", "complete what is named")
        ) { file in
            ["application", "authorisation", "commitment", "objection", "change_report", "visit"].flatMap(file.all)
                .flatMap { paper in
                    let fields = paper.record.named(in: paper.kind)
                    let findings = paper.kind.recordRule?(fields, RuleContext(today: file.today)) ?? []
                    return findings.map { Violation(paper, $0.message) }
                }
        },
    ]
}

extension CaseFile {
    /// The day on which a review of a case in force was due, when that day has passed and it is not done (R17, R22).
    var overdueReview: CalendarDay? {
        all("dynamic_review").filter { $0.value("done").isNull }.compactMap { $0.day("due") }.filter { $0 < today }
            .min()
    }
}
