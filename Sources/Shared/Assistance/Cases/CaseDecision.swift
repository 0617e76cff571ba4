package import SyncEngine

/// What a decision may grant: what the calculation that it keeps comes to, under the policy of its day (R14, R15;
/// DOMAIN section 9: an old standard used after a change).
package struct CaseDecision: Sendable {
    package enum Result: String, Sendable, CaseIterable {
        case approved, rejected, adjusted, stopped

        package var label: Label {
            switch self {
            case .approved: Label(zh: "批准", en: "approve")
            case .rejected: Label(zh: "不予批准", en: "reject")
            case .adjusted: Label(zh: "调整", en: "adjust")
            case .stopped: Label(zh: "停发", en: "stop")
            }
        }

        /// Money is granted by it.
        package var grants: Bool { self == .approved || self == .adjusted }
    }

    let file: CaseFile
    let calculation: Calculation

    package init(of file: CaseFile, by calculation: Calculation) {
        self.file = file
        self.calculation = calculation
    }

    /// What the calculation comes to for whom the case is about, in fen; `nil` when nothing is due.
    package var dueFen: Int64? {
        guard calculation.isEligible == true else { return nil }
        guard let person = file.application.text("member"), file.programme?.isPersonal == true else {
            return calculation.amountFen
        }
        return calculation.persons.first { $0.person == person && $0.isEligible }?.amountFen
    }

    /// Why this amount may not be granted; none when it may. A benefit of every month is granted as calculated; relief,
    /// which is paid once, up to it.
    package func refusals(ofGranting fen: Int64?) -> [Refusal.Reason] {
        let rule = CaseRule(15)
        guard let due = dueFen else {
            return [.init(rule, Label(zh: "核算结果不符合条件", en: "the calculation says: not eligible"))]
        }
        if calculation.goesToDistrict {
            return [
                .init(
                    CaseRule(1),
                    Label(zh: "超过镇街审批额度，须报区民政", en: "above the township's limit: it goes up to the district"))
            ]
        }
        let isRelief = file.programme == .reliefExpense || file.programme == .reliefUrgent
        let isAllowed = fen.map { isRelief ? (1...due).contains($0) : $0 == due } ?? false
        if isAllowed { return [] }
        let (yuan, most) = (Yuan.text(due), isRelief)
        return [
            .init(
                rule,
                Label(
                    zh: "金额与核算不符，核算为\(most ? "最多" : "") \(yuan) 元",
                    en: "not what was calculated: \(most ? "at most " : "")\(yuan) yuan"))
        ]
    }

    /// Why a decision that is about to be applied may not grant what it says.
    /// - Parameter facts: what is on record of the household now.
    /// - Throws: what reading throws.
    static func refusals(
        of decision: Linked, in file: CaseFile, facts: CalculationInput?
    ) throws -> [Refusal.Reason] {
        let rule = CaseRule(15)
        func reason(_ zh: String, _ en: String) -> [Refusal.Reason] { [.init(rule, Label(zh: zh, en: en))] }
        guard let json = decision.text("calculation").flatMap(JSONValue.init(kept:)) else {
            return reason(
                "缺核算快照，请用 ruhu-server case decide 办理", "no calculation is kept with it; use ruhu-server case decide")
        }
        let snapshot: CalculationSnapshot
        do {
            snapshot = try CalculationSnapshot(recalculating: json, shelf: file.shelf)
        } catch let problem as Problem {
            return reason("核算快照无法重算：\(problem.subject)", "its calculation cannot be repeated: \(problem.subject)")
        }
        let calculation = snapshot.calculation
        guard snapshot.differences.isEmpty, calculation.programme == file.programme else {
            return reason("核算快照与重算结果不一致", "its calculation comes out otherwise")
        }
        let dead = (facts?.persons ?? []).filter { person in
            person.deathDate.map { $0 <= calculation.day } ?? false
                && calculation.input.persons.contains {
                    $0.id == person.id && $0.deathDate.map { $0 > calculation.day } ?? true
                }
        }
        guard dead.isEmpty else {
            return [
                .init(
                    CaseRule(22),
                    Label(
                        zh: "核算仍算入已登记或报告死亡的 \(dead.count) 人，请重新核算",
                        en: "it still counts \(dead.count) who are on record or reported as dead: calculate anew"))
            ]
        }
        guard calculation.input.hash == facts?.hash else {
            return reason(
                "核算所依据的情况与这一户现在的记录不一致，请重新核算", "it was calculated of other facts than are on record of the household")
        }
        guard calculation.day == decision.day("decided_on"),
            try calculation.pack.name == file.shelf.pack(on: calculation.day).name
        else {
            return reason(
                "须按决定当天施行的政策核算", "it must be calculated for the day of the decision and by that day's policy")
        }
        return CaseDecision(of: file, by: calculation).refusals(ofGranting: decision.number("amount_fen"))
    }
}

extension JSONValue {
    /// The one document that a text field keeps.
    init?(kept text: String) {
        guard let documents = try? JSONParser.documents(Array(text.utf8)), documents.count == 1 else { return nil }
        self = documents[0]
    }
}
