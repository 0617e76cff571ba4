import Assistance
import CommandSupport
import Markup
import SyncEngine

/// What needs a look before anything else: deaths, conflicts, repeats, who may only look.
struct CaseRemarks {
    let view: CaseView
    private var file: CaseFile { view.file }

    var body: HTML {
        .group([
            view.isWorker
                ? .empty
                : Parts.note(
                    L(
                        "由镇（街）审批，区级只能查看和监督，不能办理（R1）。",
                        "The township decides; the district looks and supervises, and may not act (R1)."), .soon),
            file.deathHold.map { Parts.note("\($0.text.text())（\($0.rule.label.text())）", .grave) } ?? .empty,
            conflicts,
            repeats,
            file.sameAmountFinding.map { Parts.note($0.message.text(), .grave) } ?? .empty,
            file.tripFinding.map { Parts.note($0.message.text(), .soon) } ?? .empty,
        ])
    }

    private var conflicts: HTML {
        guard view.conflicts > 0 else { return .empty }
        return Tag.p(.class(.hint, .grave)) {
            L("这一户有 \(view.conflicts) 个未决冲突，决定之前不发放。", "\(view.conflicts) open conflicts: not paid until decided. ")
            Parts.link(L("去冲突处理", "To the conflict desk"), Link("conflicts"))
        }
    }

    private var repeats: HTML {
        guard let earlier = file.earlierApplication else { return .empty }
        return Tag.p(.class(.hint, .soon)) {
            L("重复申请：同一项目先前已有一件在办（R44）。", "Asked for before: an earlier case is open (R44). ")
            Parts.link(L("先前一件", "The earlier one"), Link("cases", earlier.description))
        }
    }
}

/// Every step from here: what may be taken has a button, the others say why not.
struct CaseStepsPart {
    let view: CaseView

    var body: HTML {
        Parts.panel(L("下一步", "Next steps"), id: "steps") {
            if view.steps.isEmpty { Tag.p(.class(.empty), text: L("已办结", "It is closed")) }
            for step in view.steps where step.isPossible && step.move.to != .withdrawn { possible(step.move) }
            for step in view.steps where !step.isPossible { blocked(step) }
            if let withdrawal = view.steps.first(where: { $0.isPossible && $0.move.to == .withdrawn }) {
                CaseParts.fold(withdrawal.move.label.text(), id: "withdrawal") { possible(withdrawal.move) }
            }
        }
    }

    private func possible(_ move: CaseMove) -> HTML {
        let isFinal = move.to == .withdrawn || move.to == .stopped || move.to == .revoked || move.to == .rejected
        return Tag.div(.class(.step)) {
            Parts.form(
                view.link("move"), view.request, seen: view.seq, submit: move.label.text(),
                style: isFinal ? .danger : .primary
            ) {
                Tag.input(.type(.hidden), .name("move"), .value(move.name))
                signed(move)
                Parts.field(
                    "reason", L("说明", "Note"), key: "move-\(move.name)-", isRequired: isFinal,
                    help: L("办理后：", "Then: ") + move.to.label.text())
            }
        }
    }

    /// What a leader signs stands beside the button.
    private func signed(_ move: CaseMove) -> HTML {
        guard let signed = move.signed(in: view.file), signed.kind.name == "decision" else { return .empty }
        return Parts.facts([
            (L("签批的决定", "What is signed"), .text(Shown.meaning("result", of: signed))),
            (L("金额", "Amount"), signed.number("amount_fen").map { CaseParts.yuan($0) } ?? .text("-")),
            (L("依据和意见", "Basis and opinion"), Shown.value("basis", of: signed)),
            (L("签字人", "Signatories"), .text(signed.elements("signatories").joined(separator: L("、", ", ")))),
            (L("填写人", "Written by"), .text(view.author(of: signed))),
        ])
    }

    private func blocked(_ step: CaseStep) -> HTML {
        Tag.div(.class(.step)) {
            Tag.p {
                Tag.strong(text: step.move.label.text())
                " "
                Tag.span(.class(.hint), text: L("现在不能办：", "not now:"))
            }
            CaseParts.reasons(Self.telling(step.reasons))
            if view.awaitsRelief, step.reasons.contains(where: { $0.rule == CaseRule(34) }) {
                Tag.p { Tag.a(.href(.fragment("relief")), text: L("去登记先行救助", "Record the relief")) }
            }
        }
    }

    /// What is still missing is worth saying; who will sign it then is said when nothing else is missing.
    private static func telling(_ reasons: [Refusal.Reason]) -> [Refusal.Reason] {
        let missing = reasons.filter { ![CaseRule(1), CaseRule(12)].contains($0.rule) }
        return missing.isEmpty ? Array(reasons.prefix(1)) : missing
    }
}

/// What the village asks for.
struct CaseRequestsPart {
    let view: CaseView

    var body: HTML {
        let all = view.file.all("case_request")
        guard !all.isEmpty else { return .empty }
        let open = Set(view.file.openRequests.map(\.record.id))
        return Parts.panel(L("工作站的请求", "The station asks"), id: "requests") {
            for request in all.reversed() { one(request, isOpen: open.contains(request.record.id)) }
        }
    }

    private func one(_ asked: Linked, isOpen: Bool) -> HTML {
        Tag.div(.class(.step)) {
            Tag.p {
                Tag.strong(text: Shown.meaning("move", of: asked))
                " \(view.author(of: asked))"
            }
            if let note = asked.text("note") { Tag.p(text: note) }
            if let refusal = asked.text("refusal") {
                Tag.p(.class(.hint), text: L("未予办理：", "Refused: ") + refusal)
            } else if !isOpen {
                Tag.p(.class(.hint), text: L("已办理其后的步骤", "A later step was taken"))
            } else {
                CaseParts.forWorkers(view) { answer(asked) }
            }
        }
    }

    private func answer(_ asked: Linked) -> HTML {
        let id = asked.record.id.description
        let step = view.steps.first { $0.move.name == asked.text("move") }
        return .group([
            step?.isPossible == true
                ? Parts.form(
                    view.link("move"), view.request, seen: view.seq, submit: L("同意并办理", "Take the step")
                ) {
                    Tag.input(.type(.hidden), .name("move"), .value(asked.text("move") ?? ""))
                    Tag.input(.type(.hidden), .name("reason"), .value(L("按工作站请求", "as the station asked")))
                } : CaseParts.reasons(step?.reasons ?? []),
            CaseParts.fold(L("不予办理", "Refuse"), id: "refuse-\(id)") {
                Parts.form(
                    view.link("requests", id), view.request, seen: view.seq, submit: L("不予办理", "Refuse"),
                    style: .danger
                ) { Parts.reason(key: "refuse-\(id)-") }
            },
        ])
    }
}

/// How often the applicant came (R45).
struct CaseTripsPart {
    let view: CaseView

    var body: HTML {
        Parts.panel(L("最多跑一次", "One trip at most"), id: "trips") {
            Tag.p {
                view.file.trips.isEmpty
                    ? L("没有跑腿记录。", "No trip is on record.")
                    : L("申请人跑了 \(view.file.trips.count) 次。", "The applicant came \(view.file.trips.count) times.")
            }
            Tag.ul {
                for trip in view.file.trips {
                    Tag.li {
                        "\(trip.day("on")?.description ?? "-") \(Shown.meaning("where", of: trip)) \(trip.text("why") ?? "")"
                    }
                }
            }
            CaseParts.forWorkers(view) {
                CaseParts.fold(L("登记一次", "Record a trip"), id: "new-trip") {
                    Parts.form(view.link("trips"), view.request, seen: view.seq, submit: L("登记", "Record")) {
                        Parts.field(
                            "on", L("日期", "On"), type: .date, value: view.request.now.day.description, key: "trip-",
                            isRequired: true)
                        Parts.select(
                            "where", L("地点", "Where"),
                            options: [
                                ("township", L("镇街窗口", "Township")), ("station", L("村居工作站", "Station")),
                            ], key: "trip-")
                        Parts.field("why", L("原因", "Why"), key: "trip-", isRequired: true)
                    }
                }
            }
        }
    }
}
