import SyncEngine

/// What a case is due, month by month, and what of it has a line already (R14: in time and in full).
extension CaseFile {
    /// Lines of money that stand: planned or paid, and not taken back by another line.
    package var standingPayments: [Linked] {
        let reversed = Set(all("payment").compactMap { $0.value("reverses").recordID })
        return all("payment").filter { line in
            line.value("reverses").isNull && !reversed.contains(line.record.id) && line.text("state") != "returned"
        }
    }

    var isPaidOnce: Bool { programme == .reliefExpense || programme == .reliefUrgent }

    /// What one month is due by the decision that is in force for it, in fen; `nil` when none is. What was decided and not
    /// signed changes nothing of it. Relief is due once, from its first month on.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter`` when the pack does not say from when a decision is paid.
    package func dueFen(for month: Month) throws -> Int64? {
        let standing = try decisionsInForce.last { try isPaid($0, in: month) }
        return standing?.text("result") == CaseDecision.Result.stopped.rawValue ? nil : standing?.number("amount_fen")
    }

    /// The month is due, and held: a change of it was decided and has not taken effect (R12, R43).
    func awaitsChange(for month: Month) throws -> Bool {
        try pendingChange.map { try isPaid($0, in: month) } ?? false
    }

    private func isPaid(_ decision: Linked, in month: Month) throws -> Bool {
        try firstMonth(of: decision).map { $0 <= month } ?? false
    }

    /// The month from which a decision is paid.
    func firstMonth(of decision: Linked) throws -> Month? {
        guard let day = decision.day("decided_on"), let pack = PolicyPack.governing(day, among: shelf.packs) else {
            return nil
        }
        let month = Month(of: day)
        let starts = try pack.parameter("payment.starts", on: day).value
        return starts == .choice("next_month") ? month.next : month
    }

    /// The last month of 渐退; `nil` when the case is not in it.
    package var lastMonthOfGrace: Month? {
        guard status == .grace, let programme, let entered = lastMove(["enter_grace"])?.day,
            let months = pack?.deadline(.grace, of: programme)?.months
        else { return nil }
        return Month(of: entered.adding(months: months))
    }

    /// The months up to this one that are due and have no line: the month itself, and arrears.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    package func unpaid(through month: Month) throws -> [(month: Month, fen: Int64)] {
        guard let status, isPaidOnce ? status == .effective || status == .inPayment : status.isPaid else { return [] }
        if isPaidOnce {
            guard standingPayments.isEmpty, let fen = try dueFen(for: month), fen > 0 else { return [] }
            return [(month, fen)]
        }
        let granted = try decisionsInForce.first.flatMap(firstMonth)
        guard var next = granted else { return [] }
        let last = min(month, lastMonthOfGrace ?? month)
        let lined = Set(standingPayments.compactMap { $0.text("month") })
        var unpaid: [(Month, Int64)] = []
        while next <= last {
            if !lined.contains(next.description), let fen = try dueFen(for: next), fen > 0 {
                unpaid.append((next, fen))
            }
            next = next.next
        }
        return unpaid
    }

    /// What a year's budget still has to pay to a case by the decisions that stand, the earlier month first: in the months
    /// that remain, those too that it begins in later and those in which it is held, and what months before them owe.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    package func stillDue(in remaining: [Month], of year: [Month]) throws -> [(month: Month, fen: Int64)] {
        // What is owed when no roll of the year is to come is paid in the next year.
        guard let first = remaining.first else { return [] }
        let owed = try unpaid(through: first.previous).filter {
            year.contains($0.month) && !remaining.contains($0.month)
        }
        let last = lastMonthOfGrace
        let due = try remaining.compactMap { month in
            last.map { month <= $0 } ?? true ? try dueFen(for: month).map { (month: month, fen: $0) } : nil
        }
        return owed + due.filter { $0.fen > 0 }
    }

    /// Why a line may not be planned as it is: another amount than was decided, or a month that has one already.
    func refusals(ofPlanning line: Linked) throws -> [Refusal.Reason] {
        func reason(_ zh: String, _ en: String) -> [Refusal.Reason] { [.init(CaseRule(14), Label(zh: zh, en: en))] }
        if let fen = line.number("amount_fen"), fen <= 0 { return reason("金额须大于 0", "the amount is above 0") }
        guard programme != .reliefUrgent else { return [] }
        guard let text = line.text("month"), let month = Month(text) else {
            return reason("没有写明所属月份，例如 2026-12", "no month, such as 2026-12")
        }
        let others = standingPayments.filter { $0.record.id != line.record.id }
        if others.contains(where: { isPaidOnce || $0.text("month") == text }) {
            return reason("\(text) 已有发放记录，不得重复发放", "\(text) has a payment already")
        }
        guard let due = try dueFen(for: month) else {
            return reason("没有决定从 \(text) 起发放", "no decision pays from \(text)")
        }
        if try awaitsChange(for: month) { return [changeHold].compactMap(\.self) }
        if line.number("amount_fen") == due { return [] }
        return reason("金额与决定不符，决定为 \(Yuan.text(due)) 元", "not what was decided: \(Yuan.text(due)) yuan")
    }

    /// Why a line may not take another back: it names one of this case that stands, in full, and is paid by no roll.
    func refusals(ofReversing line: Linked) -> [Refusal.Reason] {
        func reason(_ zh: String, _ en: String) -> [Refusal.Reason] { [.init(CaseRule(14), Label(zh: zh, en: en))] }
        let lines = all("payment").filter { $0.record.id != line.record.id }
        let reversed = Set(lines.compactMap { $0.value("reverses").recordID })
        let original = lines.first { $0.record.id == line.value("reverses").recordID }
        guard let original, original.value("reverses").isNull, !reversed.contains(original.record.id) else {
            return reason(
                "退回、冲销须写明这件申请的哪一笔（reverses=编号），每笔只能冲销一次",
                "it names the line of this case that it takes back (reverses=ID), each once")
        }
        guard line.value("roll").isNull else { return reason("退回、冲销不列入名册", "a roll has no reversal") }
        guard let fen = original.number("amount_fen"), line.number("amount_fen") == -fen else {
            return reason(
                "退回、冲销金额须为 \(Yuan.text(-(original.number("amount_fen") ?? 0))) 元",
                "it takes back the whole: \(Yuan.text(-(original.number("amount_fen") ?? 0))) yuan")
        }
        return []
    }

    /// Why a line may not go to its account: it is none of this household's.
    func refusals(ofAccountIn line: Linked) -> [Refusal.Reason] {
        guard let number = line.text("account_number") else { return [] }
        let isKnown = household.contains { $0.kind.name == "bank_account" && $0.text("number") == number }
        return isKnown
            ? []
            : [.init(CaseRule(14), Label(zh: "账号不是这一户登记的账户", en: "the account is none of this household's"))]
    }
}
