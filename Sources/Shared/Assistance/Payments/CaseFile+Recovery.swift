package import SyncEngine

/// Where a claim for money that should not have been paid stands.
package enum RecoveryState: String, Sendable, CaseIterable {
    case proposed, rejected, approved, recovered

    package var label: Label {
        switch self {
        case .proposed: Label(zh: "待决定", en: "proposed")
        case .rejected: Label(zh: "不追回", en: "rejected")
        case .approved: Label(zh: "追回中", en: "being recovered")
        case .recovered: Label(zh: "已追回", en: "recovered")
        }
    }
}

/// A line that stands though no decision pays it, or not so much: for a person to look at.
package struct Overpayment: Sendable {
    package let line: Linked
    package let cause: MoneyKinds.Cause
    /// At most so much, in fen: after a death of one member the others may still be due a part.
    package let fen: Int64
    /// Claimed already, by a recovery that was not rejected.
    package let isClaimed: Bool
}

/// Money that was paid and should not have been (追回): what is claimed, what came back, what is still out.
extension CaseFile {
    package var recoveries: [Linked] { all("recovery") }

    /// What came back of a recovery. What was withheld from a line counts while the line stands: a line that was
    /// returned or taken back is due again in full.
    package func items(of recovery: RecordID) -> [Linked] {
        let standing = Set(standingPayments.map(\.record.id))
        return all("recovery_item").filter { item in
            item.value("recovery").recordID == recovery
                && (item.value("payment").recordID.map { standing.contains($0) } ?? true)
        }
    }

    /// What is still out of a recovery, in fen.
    package func outstandingFen(of recovery: Linked) -> Int64 {
        (recovery.number("amount_fen") ?? 0)
            - items(of: recovery.record.id).reduce(0) { $0 + ($1.number("amount_fen") ?? 0) }
    }

    package func state(of recovery: Linked) -> RecoveryState {
        switch recovery.text("decision") {
        case nil: .proposed
        case "approved": outstandingFen(of: recovery) > 0 ? .approved : .recovered
        default: .rejected
        }
    }

    /// Lines that stand for months after a death of whom the programme supports, or for which nothing is due, or less.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    package func likelyOverpayments() throws -> [Overpayment] {
        let claimed = Set(
            recoveries.filter { $0.text("decision") != "rejected" }.flatMap { $0.elements("lines") })
        return try standingPayments.compactMap { line in
            guard let month = line.text("month").flatMap(Month.init), let fen = line.number("amount_fen") else {
                return nil
            }
            let isClaimed = claimed.contains(line.record.id.description)
            if diedBefore(month) {
                return Overpayment(line: line, cause: .death, fen: fen, isClaimed: isClaimed)
            }
            guard !isReliefOnce, let excess = try excess(of: fen, in: month), excess > 0 else { return nil }
            return Overpayment(
                line: line, cause: excess == fen ? .stopped : .reduced, fen: excess, isClaimed: isClaimed)
        }
    }

    private var isReliefOnce: Bool { programme == .reliefExpense || programme == .reliefUrgent }

    private func excess(of fen: Int64, in month: Month) throws -> Int64? {
        fen - max(0, try dueFen(for: month) ?? 0)
    }

    /// Who died in an earlier month: whom the money was for. Of a household anybody in it, for its amount counted them.
    private func diedBefore(_ month: Month) -> Bool {
        let concerned = programme?.isPersonal == true ? [applicant].compactMap(\.self) : members
        let reports = deathReports.standing.filter {
            programme?.isPersonal != true || DeathReports.person($0) == applicant?.record.id
        }
        let deaths =
            concerned.compactMap { person in person.day("death_date").map { ($0, false) } }
            + reports.compactMap { report in
                report.day("on").map { ($0, report.record.seq > decisionsInForce.last?.record.seq ?? 0) }
            }
        // A decision that was made after a death was told, and signed, has counted it.
        let lastDecision = decisionsInForce.last?.day("decided_on")
        return deaths.contains { death, isTold in
            Month(of: death) < month
                && (programme?.isPersonal == true || isTold
                    || lastDecision.map { $0 < death || Month(of: $0) >= month } ?? true)
        }
    }

    private func reason(_ zh: String, _ en: String) -> [Refusal.Reason] {
        [.init(CaseRule(14), Label(zh: zh, en: en))]
    }

    /// Why money may not be claimed back so: it names lines of this case that stand, and no more than they paid.
    func refusals(ofClaiming recovery: Linked) -> [Refusal.Reason] {
        guard let fen = recovery.number("amount_fen"), fen > 0 else {
            return reason("追回金额须大于 0", "the amount is above 0")
        }
        let named = recovery.elements("lines").compactMap { RecordID($0) }
        let lines = standingPayments.filter { named.contains($0.record.id) }
        guard !named.isEmpty, lines.count == named.count else {
            return reason("须写明这件申请的哪几笔发放", "it names the lines of this case that paid too much, each once")
        }
        let paid = lines.reduce(0) { $0 + ($1.number("amount_fen") ?? 0) }
        let claimed = recoveries.filter { other in
            other.record.id != recovery.record.id && other.text("decision") != "rejected"
                && other.elements("lines").contains { recovery.elements("lines").contains($0) }
        }.reduce(0) { $0 + ($1.number("amount_fen") ?? 0) }
        if fen > paid - claimed {
            return reason(
                "最多追回 \(Yuan.text(max(0, paid - claimed))) 元", "at most \(Yuan.text(max(0, paid - claimed))) yuan")
        }
        return recovery.text("reason") == nil ? reason("没有写明理由", "no reason is given") : []
    }

    /// Why so much may not count as recovered: nobody approved it, or it is more than is out, or more than a line pays.
    func refusals(ofRecovering item: Linked) -> [Refusal.Reason] {
        guard let recovery = recoveries.first(where: { $0.record.id == item.value("recovery").recordID }) else {
            return reason("没有这件申请的追回记录", "it names no recovery of this case")
        }
        guard recovery.text("decision") == "approved" else {
            return reason("追回没有经另一人批准", "another person has not approved the recovery")
        }
        guard let fen = item.number("amount_fen"), fen > 0 else { return reason("金额须大于 0", "the amount is above 0") }
        let others = items(of: recovery.record.id).filter { $0.record.id != item.record.id }
        let out = (recovery.number("amount_fen") ?? 0) - others.reduce(0) { $0 + ($1.number("amount_fen") ?? 0) }
        if fen > out { return reason("尚未追回的只有 \(Yuan.text(out)) 元", "only \(Yuan.text(out)) yuan are out") }
        guard item.text("means") == MoneyKinds.Means.offset.rawValue else {
            return item.value("payment").isNull
                ? [] : reason("只有抵扣写明发放记录", "only what is withheld names a line")
        }
        return refusals(ofWithholding: fen, item)
    }

    private func refusals(ofWithholding fen: Int64, _ item: Linked) -> [Refusal.Reason] {
        if item.text("reason") == nil { return reason("没有写明抵扣理由", "no reason is given for the offset") }
        let line = standingPayments.first { $0.record.id == item.value("payment").recordID }
        guard let line, !line.value("roll").isNull, line.value("paid_at").isNull else {
            return reason("只能从已冻结、还没有发放的一笔中抵扣", "it is withheld from a frozen line that is not paid yet")
        }
        let withheld = all("recovery_item").filter {
            $0.record.id != item.record.id && $0.value("payment").recordID == line.record.id
        }.reduce(0) { $0 + ($1.number("amount_fen") ?? 0) }
        let left = (line.number("amount_fen") ?? 0) - withheld
        return fen < left
            ? []
            : reason(
                "这一笔须有余额发放，最多抵扣 \(Yuan.text(left - 1)) 元",
                "something of the line is paid: at most \(Yuan.text(left - 1)) yuan")
    }
}
