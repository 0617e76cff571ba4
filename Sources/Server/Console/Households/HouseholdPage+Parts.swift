import Assistance
import CommandSupport
import Markup
import SyncEngine

/// The parts of a household's page.
extension HouseholdPage {
    private func heading(_ kind: String, _ names: [String]) -> [String] {
        let schema = AssistanceSchema.current.kind(kind)
        return names.map { name in schema?.field(name).map(Sourced.label) ?? name }
    }

    private func add(_ kind: String, _ label: String) -> HTML {
        guard canWork else { return .empty }
        return Tag.p { Parts.link(label, Link("households", id, "new", kind)) }
    }

    private func people(_ id: RecordID?) -> String { file.name(id) }

    // MARK: - People

    var members: HTML {
        let names = [
            "name", "id_number", "sex", "birth_date", "relation", "marital", "health", "labour_ability", "death_date",
        ]
        let day = asOf?.day ?? request.now.day
        return Parts.panel(L("家庭成员", "Members"), id: "members") {
            Parts.table(
                L("家庭成员", "Members"),
                heading("member", names) + [L("年龄", "Age"), L("是否共同生活", "Lives here"), ""],
                rows: file.all("member").map { member in
                    sourced.values(names, of: member) + [
                        .text(member.age(on: day).map(String.init) ?? ""),
                        member.value("in_household") == .bool(false)
                            ? Parts.badge(L("不在户内", "No"), .mild) : sourced.value("in_household", of: member),
                        Sourced.links(to: member.record.id, canEdit: canWork),
                    ]
                })
            add("member", L("新增成员", "New member"))
        }
    }

    // MARK: - What they have

    var items: HTML {
        let lists: [(kind: String, title: String, fields: [String], add: String)] = [
            (
                "income_item", L("收入", "Income"), ["member", "type", "amount_fen", "period", "from", "to", "evidence"],
                L("新增收入", "New income")
            ),
            (
                "expense_item", L("支出", "Expenses"),
                ["member", "type", "amount_fen", "paid_fen", "reimbursed_fen", "bill_no"], L("新增支出", "New expense")
            ),
            (
                "property_item", L("财产", "Property"),
                ["type", "plate", "certificate", "value_fen", "owner", "exemption"], L("新增财产", "New property")
            ),
            (
                "supporter", L("法定义务人", "Supporters"), ["name", "id_number", "relation", "ability", "fee_fen"],
                L("新增法定义务人", "New supporter")
            ),
            (
                "bank_account", L("银行账户", "Bank accounts"), ["member", "kind", "number", "bank", "holder"],
                L("新增账户", "New account")
            ),
        ]
        return .group(
            lists.map { list in
                Parts.panel(list.title, id: list.kind) {
                    Parts.table(
                        list.title, heading(list.kind, list.fields) + [""],
                        rows: file.all(list.kind).map {
                            sourced.values(list.fields, of: $0, people: people)
                                + [Sourced.links(to: $0.record.id, canEdit: canWork)]
                        }, numbers: Set(list.fields.indices.filter { list.fields[$0].hasSuffix("_fen") }))
                    if list.kind == bankAccountKind.name {
                        for warning in AccountHolder.warnings(of: file.all(list.kind), people: file.all("member")) {
                            Parts.note(warning, .grave)
                        }
                    }
                    add(list.kind, list.add)
                }
            })
    }

    // MARK: - What was done

    var visits: HTML {
        let names = ["when", "where", "surveyors", "form", "answers", "summary"]
        return Parts.panel(L("入户走访", "Visits"), id: "visits") {
            Parts.table(
                L("入户走访", "Visits"), heading("visit", names) + [""],
                rows: file.all("visit").reversed().map { visit in
                    names.map { name in
                        name == "answers" && !clearance.isClear && !visit.value("answers").isNull
                            ? Tag.span(.class(.masked), text: Masking.hidden)
                            : clearance.isClear && name == "answers"
                                ? Self.answers(visit) : sourced.value(name, of: visit)
                    } + [Sourced.links(to: visit.record.id, canEdit: false)]
                })
        }
    }

    var reports: HTML {
        let names = ["type", "member", "on", "detail"]
        let (kind, title) = ("change_report", L("动态变化报告", "Change reports"))
        return Parts.panel(title, id: "reports") {
            Parts.table(
                title, heading(kind, names) + [""],
                rows: file.all(kind).reversed().map { report in
                    names.map { name in
                        name == "member" ? .text(people(report.value(name).recordID)) : sourced.value(name, of: report)
                    } + [Sourced.links(to: report.record.id, canEdit: false)]
                })
            add(kind, L("报告变动（死亡、迁移、出生等）", "Report a change (death, move, birth …)"))
        }
    }

    /// The answers of a visit, folded away.
    private static func answers(_ visit: Linked) -> HTML {
        guard let text = visit.text("answers") else { return .empty }
        return Tag.details {
            Tag.summary(text: L("显示", "Show"))
            Tag.p(text: text)
        }
    }

    var cases: HTML {
        let applications = file.all("application")
        return Parts.panel(L("救助办件", "Cases"), id: "cases") {
            Parts.table(
                L("救助办件", "Cases"),
                [
                    L("项目", "Programme"), L("申请人", "Applicant"), L("申请时间", "Applied"), L("状态", "Status"),
                    L("最近决定", "Last decision"), L("金额", "Amount"), "",
                ], rows: applications.map(caseRow), numbers: [5])
            if canWork {
                Tag.p {
                    Parts.link(L("登记申请", "Record an application"), Link("cases", "new", query: [("household", id)]))
                }
            }
        }
    }

    private func caseRow(_ application: Linked) -> [HTML] {
        let id = application.record.id.description
        let decision = file.all("decision").last { $0.text("application") == id }
        let then =
            decision.map { decision in
                HTML.group([
                    " ",
                    Parts.link(
                        L("决定时的情况", "As it was when decided"),
                        Link("households", self.id, query: [("as_of", String(decision.record.seq))])),
                ])
            } ?? HTML.empty
        return [
            Parts.link(Shown.meaning("programme", of: application), Link("cases", id)),
            .text(file.name(application.value("member").recordID)),
            application.time("applied_at").map(Parts.time) ?? .empty,
            CaseParts.status(
                application.text("status").flatMap(CaseState.init)
                    ?? application.text("programme").flatMap(Programme.init).map { CaseMachine.of($0).initial }),
            .group([.text(decision.map { Shown.meaning("result", of: $0) } ?? ""), then]),
            decision.map { sourced.value("amount_fen", of: $0) } ?? .empty,
            Parts.link(L("记录", "Record"), Link("records", id)),
        ]
    }

    var payments: HTML {
        let payments = HouseholdPayments(file, before: request.query["payments"])
        return Parts.panel(L("发放（共 \(payments.count) 笔）", "Payments (\(payments.count))"), id: "payments") {
            Parts.table(
                L("发放", "Payments"),
                [
                    L("月份", "Month"), L("项目", "Programme"), L("领取人", "Payee"), L("金额", "Amount"), L("状态", "State"),
                    L("账号", "Account"), "",
                ],
                rows: payments.shown.map { line in
                    let application = line.value("application").recordID.flatMap(file.record)
                    return [
                        .text(line.text("month") ?? ""),
                        .text(application.map { Shown.meaning("programme", of: $0) } ?? ""),
                        .text(file.name(line.value("payee").recordID)), sourced.value("amount_fen", of: line),
                        .text(file.state(of: line).label.text()),
                        Shown.value("account_number", of: line, isClear: clearance.isClear),
                        Parts.link(L("追溯", "Trace"), Link("payments", line.record.id.description, "trace")),
                    ]
                }, numbers: [3])
            if let next = payments.next {
                Tag.p(.class(.pages)) {
                    Parts.link(
                        L("更早的", "Earlier ones"),
                        Link(
                            "households", id,
                            query: [
                                ("payments", next), ("as_of", request.query["as_of"].flatMap { $0.isEmpty ? nil : $0 }),
                            ]
                        ))
                }
            }
        }
    }

    // MARK: - Files and notes

    var attachments: HTML {
        let all = file.all(Attachment.kindName).compactMap { Attachment($0.record) }
        guard !all.isEmpty else { return .empty }
        return Parts.panel(L("照片和文件", "Photos and files"), id: "files") {
            Tag.ul(.class(.photos)) {
                for one in all.prefix(60) { Tag.li { photo(one) } }
            }
            if all.count > 60 {
                Parts.note(L("只显示前 60 份，共 \(all.count) 份。", "The first 60 of \(all.count)."))
            }
        }
    }

    private func photo(_ one: Attachment) -> HTML {
        let name = [Attachment.kinds[one.kind] ?? one.kind, one.name].filter { !$0.isEmpty }.joined(separator: " · ")
        guard one.arrivedAt != nil else {
            return .group([.text(name + " "), Parts.badge(L("文件未到", "Waiting for the file"), .soon)])
        }
        let link = Link("blobs", one.sha256.description)
        guard CaseFiles.shown.contains(one.mediaType) else { return Parts.link(name, link) }
        return Tag.a(.href(link)) {
            Tag.img(.src(link), .alt(name))
            Tag.span(text: name)
        }
    }

    var notes: HTML {
        let all = file.all("note")
        guard !all.isEmpty || canWork else { return .empty }
        return Parts.panel(L("备注", "Notes"), id: "notes") {
            for one in all.reversed().prefix(50) { Tag.p { sourced.value("text", of: one) } }
            if all.isEmpty { Tag.p(.class(.empty), text: L("没有", "None")) }
            add("note", L("新增备注", "New note"))
        }
    }
}

extension StyleClass {
    static let photos = Self("photos")
}
