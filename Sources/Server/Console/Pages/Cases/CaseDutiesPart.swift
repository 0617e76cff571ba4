import Assistance
import CommandSupport
import Markup
import SyncEngine

/// What some cases need besides: an explanation of a breach, a question to where a member is registered, relief that was
/// handed out, a review that is due (R17, R34, R40, R47).
struct CaseDutiesPart {
    let view: CaseView
    private var file: CaseFile { view.file }

    var body: HTML {
        let parts = [breaches, registrations, relief, reviews].filter { !$0.isEmpty }
        guard !parts.isEmpty else { return .empty }
        return Parts.panel(L("还须办理", "Also to be done"), id: "duties") { HTML.group(parts) }
    }

    private func form(
        _ place: String..., title: String, id: String, submit: String, @HTMLBuilder fields: () -> HTML
    ) -> HTML {
        let fields = fields()
        guard view.isWorker else { return .empty }
        return CaseParts.fold(title, id: id) {
            Parts.form(Link(["cases", view.id] + place), view.request, seen: view.seq, submit: submit) { fields }
        }
    }

    // MARK: - Breaches

    private var breaches: HTML {
        .group(
            file.clocks.filter(\.isBreached).map { clock in
                let name = clock.rule.name
                return Tag.div(.class(.step)) {
                    Tag.p(
                        text: L(
                            "“\(name.label.text())”已超期，记录始终保留。",
                            "\(name.label.text()) ran out; the breach stays on record."))
                    if Permission.approve.isGiven(to: view.request.person.role) {
                        form(
                            "notes", title: L("填写超期说明", "Explain it"), id: "note-\(name.rawValue)",
                            submit: L("填写", "Write")
                        ) {
                            Tag.input(.type(.hidden), .name("clock"), .value(name.rawValue))
                            Parts.textarea("text", L("说明", "Note"), key: name.rawValue, isRequired: true)
                        }
                    } else if clock.notes.isEmpty {
                        Tag.p(.class(.hint), text: L("须由镇街负责人填写超期说明（R47）", "The leader explains it (R47)"))
                    }
                }
            })
    }

    // MARK: - Registrations

    /// Asked by the township, never of the applicant (R40).
    private var registrations: HTML {
        .group(
            file.awaitingVerification.map { member in
                let id = member.record.id.description
                return Tag.div(.class(.step)) {
                    Tag.p(
                        text: L(
                            "\(member.text("name") ?? "-") 户籍在 \(member.text("registered_at") ?? "")，须由镇街向户籍地核实（R40），不要求本人开证明。",
                            "\(member.text("name") ?? "-") is registered at \(member.text("registered_at") ?? ""): the township asks there (R40)."
                        ))
                    form(
                        "verifications", title: L("登记核实结果", "Record what was found"), id: "verify-\(id)",
                        submit: L("登记", "Record")
                    ) {
                        Tag.input(.type(.hidden), .name("member"), .value(id))
                        Parts.select(
                            "result", L("结果", "Result"),
                            options: [
                                ("not_receiving", L("未享受", "not receiving")), ("receiving", L("已享受", "receiving")),
                            ], key: id)
                        Parts.field("how", L("核实方式", "How"), key: id, isRequired: true)
                    }
                }
            })
    }

    // MARK: - Relief

    private var relief: HTML {
        guard file.programme == .reliefUrgent, file.status == .reported else { return .empty }
        return form("relief", title: L("登记先行救助", "Record the relief"), id: "relief", submit: L("登记", "Record")) {
            Parts.field("amount", L("金额或折价（元）", "Amount or value (yuan)"), key: "relief-", isRequired: true, limit: 20)
            Parts.select(
                "means", L("方式", "Means"), options: [("cash", L("现金", "cash")), ("goods", L("实物", "goods"))],
                key: "relief-")
            Parts.field("receipt", L("签收凭证", "Receipt"), key: "relief-", isRequired: true, limit: 200)
        }
    }

    // MARK: - Reviews

    private var reviews: HTML {
        .group(
            file.all("dynamic_review").filter { $0.value("done").isNull }.map { review in
                let id = review.record.id.description
                return Tag.div(.class(.step)) {
                    Tag.p(text: L("应复核日期 ", "Review due ") + (review.day("due")?.description ?? "-"))
                    form(
                        "rechecks", id, title: L("登记复核", "Record the review"), id: "recheck-\(id)",
                        submit: L("登记", "Record")
                    ) {
                        Parts.field(
                            "done", L("完成日期", "Done"), type: .date, value: view.request.now.day.description, key: id,
                            isRequired: true)
                        Parts.field("result", L("结果", "Result"), key: id, isRequired: true, limit: 64)
                    }
                }
            })
    }
}
