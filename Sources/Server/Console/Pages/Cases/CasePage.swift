import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// One case from its intake to its archive: the clock in sight, what may be done and what may not, and why.
struct CasePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/cases/{id}") { console, request in
            let id = try request.record()
            let page = try console.read { database, seq in
                CasePage(
                    view: try CaseView(id, in: database, of: console.township, seq: seq, request: request))
            }
            try console.keepView(of: id, page: "case", by: request)
            return .page(page)
        }
    ]

    let view: CaseView

    var file: CaseFile { view.file }
    var request: ConsoleRequest { view.request }
    var seq: Seq { view.seq }

    var title: String {
        let whole = file.applicant == nil && file.head != nil ? L("（整户）", " (the household)") : ""
        let name = view.person?.text("name").map { $0 + whole } ?? file.home?.text("number") ?? ""
        return [file.programme?.label.text() ?? L("（未填项目）", "(no programme)"), name].filter { !$0.isEmpty }
            .joined(separator: " · ")
    }

    func body() -> HTML {
        .group([
            CaseClocks(file: file).bar,
            places,
            head,
            CaseRemarks(view: view).body,
            // What comes next is read first, on a phone too; on a wide screen it stands beside the rest.
            Tag.div(.class(.columns, .case)) {
                CaseStepsPart(view: view).body
                Tag.div {
                    CasePreparationPart(view: view).body
                    CaseCheckPart(view: view).body
                    CaseCalculationPart(view: view).body
                    CaseDecisionPart(view: view).body
                    CasePublicityPart(view: view).body
                    CaseObjectionPart(view: view).body
                    CaseArchivePart(view: view).body
                }
                Tag.div {
                    CaseDutiesPart(view: view).body
                    CaseRequestsPart(view: view).body
                    CaseProofsPart(view: view).body
                    CaseTripsPart(view: view).body
                    timeline
                }
            },
        ])
    }

    // MARK: - Head

    /// Where what is on the page: on a phone the steps are far down.
    private var places: HTML {
        let all = [
            ("steps", L("下一步", "Next steps")), ("preparation", L("三项并行", "Side by side")), ("check", L("核对", "Check")),
            ("calculation", L("核算", "Calculation")), ("decision", L("决定", "Decision")),
            ("notices", L("公示", "Notices")), ("archive", L("档案", "File")), ("moves", L("经过", "What was done")),
        ]
        return Tag.nav(.class(.tabs), .ariaLabel(L("本页内容", "On this page"))) {
            for (id, label) in all { Tag.a(.href(.fragment(id)), text: label) }
            Parts.link(L("文书", "Documents"), view.link("documents"))
        }
    }

    private var head: HTML {
        Tag.section(.class(.panel)) {
            Parts.facts([
                (L("状态", "Status"), CaseParts.status(file.status)),
                (L("申请人", "Applicant"), person),
                (L("住户", "Household"), household),
                (L("村居", "Village"), Shown.village(file.application.record.scope.code)),
                (L("申请时间", "Applied"), file.application.time("applied_at").map(Parts.time) ?? .empty),
                (L("渠道", "Channel"), .text(Shown.meaning("channel", of: file.application))),
                (L("代办人", "Proxy"), Shown.value("proxy", of: file.application)),
                (L("事由", "Reason"), Shown.value("reason", of: file.application)),
                (L("接续", "Continues"), linked("continues")),
                (L("政策包", "Policy pack"), .text(file.pack?.name ?? L("无", "none"))),
            ])
        }
    }

    private var person: HTML {
        guard let person = view.person else { return .empty }
        return .group([
            .text(person.text("name") ?? "-"), " ",
            Tag.span(.class(.masked), text: Masking.identityNumber(person.text("id_number") ?? "")),
        ])
    }

    private var household: HTML {
        guard let home = file.home else { return .text(L("还没有到达", "has not arrived")) }
        let number = home.text("number") ?? L("（无户编号）", "(no number)")
        return Parts.link(number, Link("households", home.record.id.description))
    }

    private func linked(_ field: String) -> HTML {
        file.application.text(field).map { Parts.link(L("原申请", "the other case"), Link("cases", $0)) } ?? .empty
    }

    /// What is about a case is entered from it.
    private var registers: HTML {
        let all = Register.all.filter { register in
            register.isWritten && register.mayEnter(view.request.person)
                && AssistanceSchema.current.kind(register.kindName)?.field("application") != nil
        }
        guard !all.isEmpty else { return .empty }
        return Tag.p {
            L("记入登记簿：", "Enter in a register: ")
            for register in all {
                Parts.link(
                    register.label.text(),
                    Link(["registers", register.name, "new"], query: [("application", view.id)]))
                " "
            }
        }
    }

    // MARK: - What was done

    private var timeline: HTML {
        Parts.panel(L("办理经过", "What was done"), id: "moves") {
            if file.moves.isEmpty { Tag.p(.class(.empty), text: L("还没有办理步骤", "No step was taken yet")) }
            Tag.ol(.class(.timeline)) {
                for move in file.moves.reversed() {
                    Tag.li {
                        Tag.strong(text: Shown.meaning("move", of: move))
                        " "
                        if let to = move.text("to").flatMap(CaseState.init) { CaseParts.status(to) }
                        Tag.p(.class(.hint)) {
                            move.text("by") ?? "-"
                            L("，", ", ") + (move.text("role").flatMap(Role.init)?.label.text() ?? "")
                            " "
                            move.time("at").map(Parts.time) ?? .empty
                        }
                        if let note = move.text("note"), !note.isEmpty { Tag.p(text: note) }
                    }
                }
            }
            Parts.link(L("申请记录的全部变更", "Every change of the application"), Link("records", view.id))
            registers
        }
    }
}

/// Small things that pages of cases share.
enum CaseParts {
    static func status(_ state: CaseState?) -> HTML {
        guard let state else { return .text("-") }
        return Parts.badge(state.label.text(), style(of: state))
    }

    private static func style(of state: CaseState) -> StyleClass {
        switch state {
        case .rejected, .checkFailed, .revoked, .stopped, .withdrawn, .suspended: .grave
        case .objected, .democraticReview, .recheckDue, .aliveCheckDue, .grace: .soon
        case .effective, .inPayment, .archived: .fine
        default: .mild
        }
    }

    /// Reasons with their rules, as a list.
    static func reasons(_ reasons: [Refusal.Reason]) -> HTML {
        Tag.ul(.class(.reasons)) {
            for reason in reasons {
                Tag.li {
                    reason.text.text()
                    " "
                    Tag.small(.title(reason.rule.label.text()), text: reason.rule.code)
                }
            }
        }
    }

    /// Who has no part in deciding is told why, where a worker finds a form.
    static func forWorkers(_ view: CaseView, @HTMLBuilder form: () -> HTML) -> HTML {
        view.isWorker ? form() : .empty
    }

    static func yuan(_ fen: Int64?) -> HTML { fen.map { .text(Yuan.text($0) + L(" 元", " yuan")) } ?? .text("-") }

    /// Something to open, for forms that are rarely needed.
    static func fold(_ title: String, id: String, @HTMLBuilder content: () -> HTML) -> HTML {
        let content = content()
        return Tag.details(.id(id)) {
            Tag.summary(text: title)
            content
        }
    }
}
