import SyncEngine

/// What the township asks before it applies a set about budget, plan, returns or recovery. Who asks for money, or claims
/// it back, is not who decides on it (issue 5, item 1; R10), whatever way the set came.
package enum MoneyAdmission {
    static let rule = Admission(kinds: Set(MoneyKinds.all.map(\.name))) { proposal in
        for mutation in proposal.mutations {
            guard let record = Linked(mutation.after), !mutation.after.isDeleted else { continue }
            switch mutation.kind.name {
            case "budget": try admitBudget(record, mutation, in: proposal)
            case "allocation" where mutation.before == nil: try admitAllocation(record, in: proposal)
            case "recovery": try admitRecovery(record, mutation, in: proposal)
            case "recovery_item" where mutation.before == nil: try admitItem(record, mutation, in: proposal)
            case "pay_again" where mutation.before == nil:
                let act = Label(zh: "照原账户重发", en: "pay again")
                try refuse(act, try file(of: mutation, in: proposal).refusals(ofPayingAgain: record))
            default: try admitNoChange(of: mutation)
            }
        }
    }

    /// The same person, however the name was typed: a console has full name and account, a command often one of them.
    package static func isSame(_ one: String?, _ other: String?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        let (left, right) = (names(one), names(other))
        return left.contains(right[0]) || right.contains(left[0])
    }

    /// The whole, and of `陈敏(chenmin)` the name and the account.
    private static func names(_ author: String) -> [String] {
        let whole = author.lowercased().split(whereSeparator: \.isWhitespace).joined()
        guard whole.hasSuffix(")"), let open = whole.firstIndex(of: "(") else { return [whole] }
        return [whole, String(whole[..<open]), String(whole[whole.index(after: open)...].dropLast())]
    }

    private static func reason(_ rule: Int, _ zh: String, _ en: String) -> Refusal.Reason {
        .init(CaseRule(rule), Label(zh: zh, en: en))
    }

    private static func refuse(_ act: Label, _ reasons: [Refusal.Reason]) throws {
        if !reasons.isEmpty { throw Refusal(move: act, reasons: reasons).problem }
    }

    private static func file(of mutation: RecordMutation, in proposal: Proposal) throws -> CaseFile {
        guard let file = try CaseAdmission.file(of: mutation, in: proposal) else {
            throw Problem(.unknownRecord, "application")
        }
        return file
    }

    /// What was made whole stays as it was made.
    private static func admitNoChange(of mutation: RecordMutation, besides later: Set<String> = []) throws {
        try CaseAdmission.admitNoChange(of: mutation, besides: later)
    }

    /// R10: asked for by one, approved by another, once; what was replaced is approved no more.
    private static func admitBudget(
        _ budget: Linked, _ mutation: RecordMutation, in proposal: Proposal
    ) throws {
        let approval = ["approved_fen", "approved_by", "approved_on", "approval"]
        guard mutation.before != nil else {
            let act = Label(zh: "申报预算", en: "propose a budget")
            if !isSame(budget.text("proposed_by"), proposal.author) {
                try refuse(act, [reason(12, "申报人须是经办人本人", "who proposes it is who writes it")])
            }
            if approval.contains(where: { !budget.value($0).isNull }) {
                try refuse(act, [reason(10, "申报时不能同时批准", "nothing is approved while it is asked for")])
            }
            return
        }
        try admitNoChange(of: mutation, besides: Set(approval))
        let act = Label(zh: "批准预算", en: "approve the budget")
        var reasons: [Refusal.Reason] = []
        if approval.contains(where: { budget.value($0).isNull }) {
            reasons.append(reason(10, "须写明金额、批准人、日期和依据", "amount, approver, day and basis are given together"))
        }
        if budget.value("approved_fen") != budget.value("amount_fen") {
            reasons.append(
                reason(
                    10, "批准的须是申报的金额；要批另一个金额，先由经办人重新申报",
                    "it approves what was asked for: another amount is asked for anew"))
        }
        if isSame(budget.text("proposed_by"), proposal.author) {
            reasons.append(reason(10, "申报人不能批准自己申报的预算", "who asked for it does not approve it"))
        }
        if !isSame(budget.text("approved_by"), proposal.author) {
            reasons.append(reason(12, "批准人须是经办人本人", "who approves it is who writes it"))
        }
        let isReplaced = try proposal.records(of: MoneyKinds.budget).contains {
            $0.value("replaces", in: MoneyKinds.budget).recordID == budget.record.id
        }
        if isReplaced { reasons.append(reason(10, "已有新的申报替代它", "a later proposal replaces it")) }
        try refuse(act, reasons)
    }

    /// R11: money is allocated to a plan that was issued, and not before.
    private static func admitAllocation(_ allocation: Linked, in proposal: Proposal) throws {
        let act = Label(zh: "登记拨付", en: "record an allocation")
        guard
            let plan = try allocation.value("plan").recordID.flatMap({
                try proposal.record($0, kind: MoneyKinds.spendingPlan)
            }).flatMap(Linked.init)
        else { throw Problem(.unknownRecord, "plan") }
        let day = allocation.day("allocated_on")
        guard let day, plan.day("issued_at").map({ $0 <= day }) ?? true else {
            return try refuse(act, [reason(11, "拨付日期早于支出计划", "it is dated before the plan was issued")])
        }
        if (allocation.number("amount_fen") ?? 0) <= 0 {
            try refuse(act, [reason(11, "金额须大于 0", "the amount is above 0")])
        }
    }

    private static func admitRecovery(
        _ recovery: Linked, _ mutation: RecordMutation, in proposal: Proposal
    ) throws {
        let decision = ["decision", "decided_by", "decided_at", "decision_reason"]
        guard mutation.before != nil else {
            let act = Label(zh: "提出追回", en: "propose a recovery")
            if !isSame(recovery.text("proposed_by"), proposal.author) {
                try refuse(act, [reason(12, "提出人须是经办人本人", "who proposes it is who writes it")])
            }
            if decision.contains(where: { !recovery.value($0).isNull }) {
                try refuse(act, [reason(14, "提出时不能同时决定", "nothing is decided while it is proposed")])
            }
            return try refuse(act, try file(of: mutation, in: proposal).refusals(ofClaiming: recovery))
        }
        try admitNoChange(of: mutation, besides: Set(decision))
        var reasons: [Refusal.Reason] = []
        if decision.contains(where: { recovery.value($0).isNull }) {
            reasons.append(reason(14, "须写明决定、决定人、时间和理由", "decision, who, when and why are given together"))
        }
        if isSame(recovery.text("proposed_by"), proposal.author) {
            reasons.append(reason(14, "提出人不能决定自己提出的追回", "who proposed it does not decide it"))
        }
        if !isSame(recovery.text("decided_by"), proposal.author) {
            reasons.append(reason(12, "决定人须是经办人本人", "who decides it is who writes it"))
        }
        try refuse(Label(zh: "决定追回", en: "decide a recovery"), reasons)
    }

    private static func admitItem(_ item: Linked, _ mutation: RecordMutation, in proposal: Proposal) throws {
        let file = try file(of: mutation, in: proposal)
        var reasons = file.refusals(ofRecovering: item)
        if let line = file.standingPayments.first(where: { $0.record.id == item.value("payment").recordID }),
            try isHandedIn(line, in: proposal)
        {
            reasons.append(
                reason(
                    14, "这一批的发放文件或支出计划已经导出，请从下一批抵扣", "its pay file or plan was written: withhold it from the next batch"
                ))
        }
        try refuse(Label(zh: "追回款项", en: "recover"), reasons)
    }

    /// Why a line is not taken back so. Before the bank has it the township takes it back; what the bank has it may pay, so
    /// that it comes back from the bank alone, or is claimed back: else its month would be due again, and paid twice.
    static func refusals(ofTakingBack reversal: Linked, in proposal: Proposal) throws -> [Refusal.Reason] {
        guard
            let line = try reversal.value("reverses").recordID.flatMap({ try proposal.record($0, kind: reversal.kind) })
                .flatMap(Linked.init)
        else { return [] }
        let isReturned = reversal.text("state") == "returned"
        guard try isAtBank(line, in: proposal) != isReturned else { return [] }
        return [
            isReturned
                ? reason(14, "这一笔没有报送过银行", "this line was never handed to the bank")
                : reason(
                    14, "这一笔已报送银行，不能冲销：银行退回的登记退回，多发的提出追回",
                    "the bank has this line: it is returned by the bank, or claimed back")
        ]
    }

    /// A pay file with this line was written.
    private static func isAtBank(_ line: Linked, in proposal: Proposal) throws -> Bool {
        guard
            let roll = try line.value("roll").recordID.flatMap({ try proposal.record($0, kind: rollKind) })
                .flatMap(Linked.init)
        else { return false }
        return try proposal.records(of: payFileKind).compactMap(Linked.init).contains { file in
            file.value("month") == roll.value("month") && file.record.seq > roll.record.seq
                && (file.value("batch").isNull || file.value("batch") == roll.value("batch"))
                && !file.elements("left_out").contains(line.record.id.description)
        }
    }

    /// The bank or 区财政 has been told what the batch of this line pays.
    private static func isHandedIn(_ line: Linked, in proposal: Proposal) throws -> Bool {
        guard
            let roll = try line.value("roll").recordID.flatMap({ try proposal.record($0, kind: rollKind) })
                .flatMap(Linked.init)
        else { return false }
        return try [payFileKind, MoneyKinds.spendingPlan].contains { kind in
            try proposal.records(of: kind).compactMap(Linked.init).contains { told in
                told.value("month") == roll.value("month")
                    && (told.value("batch").isNull || told.value("batch") == roll.value("batch"))
                    && told.record.seq > roll.record.seq
            }
        }
    }
}
