import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// A payment, traced step by step: decision, calculation, facts, visit, device.
struct PaymentTracePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/payments/{id}/trace") { console, request in
            let id = try request.record()
            let subject = try console.look(at: id, page: "payment", by: request)
            let trace = try PaymentTrace(id, township: console.township)
            return try console.page { database, seq in
                PaymentTracePage(
                    seq: seq, trace: trace, household: subject.root, person: request.person,
                    clearance: try Clearance(
                        of: subject.root, for: request, tables: console.township.database.tables, in: database))
            }
        }
    ]

    let seq: Seq
    let trace: PaymentTrace
    let household: RecordID
    let person: Person
    let clearance: Clearance

    var title: String { L("追溯发放：", "Trace of a payment: ") + (trace.payment.text("month") ?? "") }
    private var sourced: Sourced { Sourced(isClear: clearance.isClear) }
    private func name(_ id: RecordID?) -> String { trace.file?.name(id) ?? "" }

    /// `seq`, `household`, and `payment`, `decision`, `facts`, `visits`: each a record with its `step` as `audit trace`;
    /// `calculation` {`amountFen`, `pack`, `inputsHash`}.
    var json: JSONValue {
        func said(_ record: Linked?, _ step: TraceStep?) -> JSONValue {
            guard let record else { return .null }
            return record.document(isClear: clearance.isClear).adding([
                ("step", step.map { TraceParts.document($0, kind: record.kind, isClear: clearance.isClear) } ?? .null)
            ])
        }
        return .object([
            ("seq", .int(Int64(seq))), ("household", .string(household.description)),
            ("payment", said(trace.payment, trace.paymentStep)),
            ("application", trace.application?.document(isClear: clearance.isClear) ?? .null),
            ("decision", said(trace.decision, trace.decisionStep)),
            (
                "calculation",
                trace.calculation.map { calculation in
                    .object(["amountFen", "pack", "inputsHash"].map { ($0, calculation[$0] ?? .null) })
                } ?? .null
            ), ("facts", .array(trace.facts.map { said($0.record, $0.step) })),
            ("visits", .array(trace.visits.map { said($0.visit, $0.step) })),
        ])
    }

    func body() -> HTML {
        .group([
            Tag.p { Parts.link(L("所属住户", "The household"), Link("households", household.description)) },
            payment, decision, calculation, facts, visits,
        ])
    }

    private func steps(_ steps: [(Linked, TraceStep?)], _ caption: String) -> HTML {
        Parts.table(
            caption, TraceParts.headings,
            rows: steps.compactMap { record, step in
                step.map { TraceParts.row($0, kind: record.kind, isClear: clearance.isClear) }
            })
    }

    private var payment: HTML {
        Parts.panel(L("一、发放", "1. The payment")) {
            Parts.facts([(L("现状", "Now"), .text(trace.file?.state(of: trace.payment).label.text() ?? ""))])
            sourced.facts(
                ["month", "payee", "amount_fen", "means", "account_number", "account_bank", "paid_at"],
                of: trace.payment, people: name)
            if let roll = trace.roll {
                Parts.facts(
                    [
                        (L("冻结", "Frozen by"), said(roll, by: "frozen_by", at: "frozen_at"))
                    ]
                        + trace.payFiles.map {
                            (L("导出发放文件", "Pay file taken by"), said($0, by: "written_by", at: "written_at"))
                        }
                        + (trace.payment.text("recorded_by").map {
                            [(label: L("登记已发放", "Marked as paid by"), value: HTML.text($0))]
                        } ?? []))
                Tag.p { Parts.link(L("当月名册", "The month's roll"), Link("money", "roll", roll.text("month") ?? "")) }
            }
            steps([(trace.payment, trace.paymentStep)], L("发放", "Payment"))
            TraceParts.proof(of: trace.payment.record.id, clearance, person)
        }
    }

    private func said(_ record: Linked, by name: String, at time: String) -> HTML {
        .group([.text((record.text(name) ?? "") + " "), record.time(time).map(Parts.time) ?? .empty])
    }

    private var decision: HTML {
        Parts.panel(L("二、依据的决定", "2. The decision it was paid by")) {
            if let decision = trace.decision {
                sourced.facts(["result", "amount_fen", "basis", "signatories", "decided_on"], of: decision)
                if let signing = trace.signing {
                    Parts.facts([(L("签批", "Signed by"), said(signing, by: "by", at: "at"))])
                }
                Tag.p {
                    if let application = trace.application {
                        Parts.link(L("办件", "The case"), Link("cases", application.record.id.description))
                        " · "
                    }
                    Parts.link(
                        L("决定时这户的情况", "The household as it was when decided"),
                        Link("households", household.description, query: [("as_of", String(decision.record.seq))]))
                }
                steps([(decision, trace.decisionStep)], L("决定", "Decision"))
            } else {
                Parts.note(L("没有找到这笔发放之前的决定，请核查。", "No decision was made before this payment: look into it."), .grave)
            }
        }
    }

    private var calculation: HTML {
        Parts.panel(L("三、核算", "3. The calculation")) {
            if let calculation = trace.calculation {
                let pack = calculation["pack"]
                Parts.facts([
                    (L("核算金额", "Amount"), .text((calculation["amount"]?.text ?? "-") + L(" 元", " yuan"))),
                    (L("政策包", "Policy pack"), .text(pack?["id"]?.text ?? "")),
                    (
                        L("采用的事实校验", "Digest of the facts"),
                        Tag.span(.class(.code), text: calculation["inputsHash"]?.text ?? "")
                    ),
                ])
                Parts.note(
                    L("审计可以按当时的事实和政策重新核算，核对金额。", "An auditor can calculate it again, of the same facts and policy."))
                if let decision = trace.decision {
                    Parts.command(
                        L("给审计：重新核算的命令", "For the auditor: the command that calculates it again"),
                        "ruhu-server audit calculation \(decision.record.id)")
                }
            } else {
                Parts.note(L("这个决定没有留下核算。", "The decision kept no calculation."), .soon)
            }
        }
    }

    private var facts: HTML {
        Parts.panel(L("四、核算所用的事实", "4. The facts it used")) {
            if trace.facts.isEmpty { Tag.p(.class(.empty), text: L("没有", "None")) }
            for fact in trace.facts {
                Tag.h3 {
                    Parts.link(
                        fact.record.kind.label.text() + (fact.record.text("name").map { " " + $0 } ?? ""),
                        Link("records", fact.record.record.id.description))
                }
                steps([(fact.record, fact.step)], fact.record.kind.label.text())
            }
        }
    }

    private var visits: HTML {
        Parts.panel(L("五、入户走访和设备", "5. The visits and their devices")) {
            if trace.visits.isEmpty {
                Parts.note(L("决定之前没有走访记录，请核查。", "No visit was made before the decision: look into it."), .grave)
            }
            for (visit, step) in trace.visits {
                Tag.h3 { Parts.link(L("走访", "Visit"), Link("records", visit.record.id.description)) }
                sourced.facts(["when", "where", "surveyors", "form"], of: visit)
                steps([(visit, step)], L("走访", "Visit"))
                TraceParts.proof(of: visit.record.id, clearance, person)
            }
        }
    }
}
