import Assistance
import CommandSupport
import Markup
import SyncEngine

/// The calculation line by line: what a decision of today would rest on (R15).
struct CaseCalculationPart {
    let view: CaseView

    var body: HTML {
        Parts.panel(L("金额核算", "Calculation"), id: "calculation") {
            if let calculation = view.calculation {
                result(calculation)
            } else {
                Tag.p(.class(.empty), text: L("资料不全，无法核算", "Facts are missing: nothing was calculated"))
            }
            for finding in view.findings {
                Parts.note(told(finding), finding.severity == .error ? .grave : .soon)
            }
            if let difference = view.calculation.flatMap({ view.trial?.difference(from: $0) }) {
                Parts.note(difference.text(), .soon)
            } else if let trial = view.trial {
                Parts.note(
                    L(
                        "与 \(trial.day?.description ?? "") 入户时的试算一致：\(Yuan.text(trial.amountFen)) 元。",
                        "As told at the visit of \(trial.day?.description ?? ""): \(Yuan.text(trial.amountFen)) yuan."),
                    .fine)
            }
        }
    }

    /// With the names of those that it is about.
    private func told(_ finding: Finding) -> String {
        let text = finding.message.text()
        let named = Shown.named(text, view.names)
        guard named == text, let field = finding.field else { return named }
        let about = field.split(separator: " ").lazy.compactMap { view.names[String($0)] }.first
        return about.map { $0 + L("：", ": ") + text } ?? text
    }

    private func result(_ calculation: Calculation) -> HTML {
        let unit = view.isRelief ? L(" 元（一次性）", " yuan once") : L(" 元/月", " yuan a month")
        return .group([
            Parts.facts([
                (
                    L("结果", "Result"),
                    calculation.isEligible == true
                        ? Parts.badge(L("符合条件", "eligible"), .fine) : Parts.badge(L("不符合条件", "not eligible"), .grave)
                ),
                (L("金额", "Amount"), view.dueFen.map { .text(Yuan.text($0) + unit) } ?? .empty),
                (L("政策包", "Policy pack"), .text("\(calculation.pack.name) \(calculation.pack.title.text())")),
                (
                    L("由谁审批", "Decided by"),
                    .text(
                        calculation.goesToDistrict
                            ? L("超过镇街额度，报区民政", "above the limit: the district") : L("镇（街）", "the township"))
                ),
            ]),
            CaseParts.fold(
                L("逐行说明（\(calculation.lines.count) 行）", "Line by line (\(calculation.lines.count))"), id: "lines"
            ) {
                CalculationLines(calculation: calculation, names: view.names).body
            },
        ])
    }
}

/// Each line with its amount, the parameter of the pack behind it, and the law.
struct CalculationLines {
    let calculation: Calculation
    let names: [String: String]

    var body: HTML {
        Parts.table(
            L("核算说明", "The calculation"),
            ["", L("步骤", "Step"), L("金额（元）", "Yuan"), L("依据的参数", "Parameter"), L("对应", "Of")],
            rows: calculation.lines.enumerated().map { index, line in
                [
                    .text(String(index + 1)), .text(line.text.text()),
                    .text(line.amount.map(Yuan.reading) ?? ""), source(line), item(line),
                ]
            }, numbers: [0, 2])
    }

    private func source(_ line: Calculation.Line) -> HTML {
        guard let parameter = line.parameter else { return .text(line.law?.rawValue ?? "") }
        return .group([
            .text(parameter.label.text() + L("：", ": ") + parameter.text + " "),
            Tag.small(.class(.code), text: parameter.name), " ",
            parameter.source == .demo
                ? Parts.badge(L("演示值", "demo"), .soon) : Tag.small(text: parameter.source.text.text()),
        ])
    }

    private func item(_ line: Calculation.Line) -> HTML {
        guard let item = line.item else { return .empty }
        if let name = names[item] { return .text(name) }
        return RecordID(item) == nil ? .text(item) : Parts.link(L("记录", "record"), Link("records", item))
    }
}

/// The decision: what was decided, by whom, on what; and the form to decide (R12, R15).
struct CaseDecisionPart {
    let view: CaseView
    private var file: CaseFile { view.file }

    var body: HTML {
        Parts.panel(L("审批决定", "Decision"), id: "decision") {
            let decisions = file.all("decision")
            if decisions.isEmpty { Tag.p(.class(.empty), text: L("还没有决定", "No decision yet")) }
            for decision in decisions.reversed() { show(decision) }
            CaseParts.forWorkers(view) { decide }
        }
    }

    private func show(_ decision: Linked) -> HTML {
        Tag.article(.class(.step)) {
            Parts.facts([
                (
                    L("结果", "Result"),
                    Parts.badge(
                        Shown.meaning("result", of: decision),
                        decision.text("result") == "rejected" || decision.text("result") == "stopped" ? .grave : .fine)
                ),
                (L("金额", "Amount"), decision.number("amount_fen").map { CaseParts.yuan($0) } ?? .empty),
                (L("决定日期", "Decided on"), Shown.value("decided_on", of: decision)),
                (L("填写人", "Written by"), .text(view.author(of: decision))),
                (L("签字人", "Signatories"), .text(decision.elements("signatories").joined(separator: L("、", ", ")))),
                (L("依据和意见", "Basis and opinion"), Shown.value("basis", of: decision)),
            ])
            CaseFiles(view: view).thumbnails(of: decision)
        }
    }

    /// What may be decided in this state; none where a decision would change nothing.
    private var results: [CaseDecision.Result] {
        guard let status = file.status, let machine = file.machine else { return [] }
        let next = machine.moves(from: status).map(\.name)
        let mayChange = next.contains("adjust") || next.contains("stop")
        return CaseDecision.Result.allCases.filter { result in
            switch result {
            case .approved: next.contains { ["approve", "confirm", "sign_off"].contains($0) }
            case .rejected: next.contains("reject")
            case .adjusted: next.contains("adjust")
            case .stopped: mayChange
            }
        }
    }

    private var decide: HTML {
        guard !results.isEmpty else {
            if !file.all("decision").isEmpty { return .empty }
            return CaseParts.reasons([
                .init(
                    CaseRule(13),
                    Label(
                        zh: "现在是“\(file.status?.label.zh ?? "")”，还没有到审批的一步",
                        en: "it is \(file.status?.label.en ?? ""): not yet at the decision"))
            ])
        }
        return CaseParts.fold(L("填写审批意见", "Write the decision"), id: "decide") {
            Parts.form(view.link("decision"), view.request, seen: view.seq, submit: L("填写决定", "Write it down")) {
                Parts.select(
                    "result", L("结果", "Result"), options: results.map { ($0.rawValue, $0.label.text()) },
                    value: (view.dueFen == nil ? results.last : results.first)?.rawValue ?? "", key: "decide-")
                amount
                basis
                Parts.textarea("opinion", L("意见", "Opinion"), key: "decide-", rows: 3)
                Parts.textarea(
                    "signatories", L("签字人（一行一位）", "Signatories (one a line)"), value: view.request.person.signature,
                    key: "decide-", isRequired: true)
            }
            Parts.note(
                L(
                    "填写决定的人不能办理批准这一步，须由另一位负责人签批（R12）。",
                    "Who writes it does not sign it: another leader takes the step (R12)."))
        }
    }

    private var amount: HTML {
        let text = view.dueFen.map { Yuan.text($0) } ?? ""
        if view.isRelief {
            return Parts.field(
                "amount", L("金额（元）", "Amount (yuan)"), value: text, key: "decide-",
                help: L("不超过核算：\(text) 元", "At most what was calculated: \(text) yuan"))
        }
        return .group([
            Tag.input(.type(.hidden), .name("amount"), .value(text)),
            Tag.p {
                L("金额按核算：", "As calculated: ")
                Tag.strong(text: text.isEmpty ? "-" : text + L(" 元", " yuan"))
            },
        ])
    }

    private var basis: HTML {
        Tag.fieldset {
            Tag.legend(text: L("依据", "Basis"))
            for ground in DecisionGround.all(of: file) {
                Tag.div {
                    Tag.label {
                        Tag.input(.type(.checkbox), .name("basis"), .value(ground.code))
                        ground.text
                    }
                }
            }
        }
    }
}

/// A ground of law that a decision names: of the pack, and the law of the programme.
struct DecisionGround {
    let code: String
    let text: String

    static func all(of file: CaseFile) -> [DecisionGround] {
        let law = file.programme.map(\.law).map { DecisionGround(code: "law", text: $0.rawValue) }
        return [law].compactMap(\.self)
            + (file.pack?.basis.map { DecisionGround(code: $0.code, text: $0.label.zh) } ?? [])
    }

    /// The text that is kept: the grounds that were chosen, then the opinion.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for an unknown ground, and when there is neither.
    static func text(_ codes: [String], opinion: String?, of file: CaseFile) throws -> String {
        let known = all(of: file)
        let chosen = try codes.filter { !$0.isEmpty }.map { code in
            guard let ground = known.first(where: { $0.code == code }) else { throw Problem(.badValue, code) }
            return ground.text
        }
        let parts = [chosen.joined(separator: "；"), opinion ?? ""].filter { !$0.isEmpty }
        guard !parts.isEmpty else {
            throw Problem(
                .badValue, "basis",
                explanation: Label(zh: "选一项依据，或写明意见", en: "Choose a basis or write the opinion"))
        }
        return parts.joined(separator: "。")
    }
}

extension Person {
    /// As people sign.
    var signature: String { fullName.isEmpty ? name : fullName }
}
