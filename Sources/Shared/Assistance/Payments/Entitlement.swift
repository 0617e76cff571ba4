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

    private var isPaidOnce: Bool { programme == .reliefExpense || programme == .reliefUrgent }

    /// What one month is due by the decision that stands for it, in fen; `nil` when none does. Relief is due once, from
    /// its first month on.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter`` when the pack does not say from when a decision is paid.
    package func dueFen(for month: Month) throws -> Int64? {
        let standing = try all("decision").last { decision in
            guard let result = decision.text("result").flatMap(CaseDecision.Result.init), result != .rejected else {
                return false
            }
            return try firstMonth(of: decision).map { $0 <= month } ?? false
        }
        return standing?.text("result") == CaseDecision.Result.stopped.rawValue ? nil : standing?.number("amount_fen")
    }

    /// The month from which a decision is paid.
    private func firstMonth(of decision: Linked) throws -> Month? {
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
        let granted = try all("decision").first { $0.text("result") == CaseDecision.Result.approved.rawValue }
            .flatMap(firstMonth)
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

    /// Why a line may not be planned as it is: another amount than was decided, or a month that has one already.
    func refusals(ofPlanning line: Linked) throws -> [Refusal.Reason] {
        func reason(_ zh: String, _ en: String) -> [Refusal.Reason] { [.init(CaseRule(14), Label(zh: zh, en: en))] }
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
        if line.number("amount_fen") == due { return [] }
        return reason("金额与决定不符，决定为 \(Yuan.text(due)) 元", "not what was decided: \(Yuan.text(due)) yuan")
    }
}
