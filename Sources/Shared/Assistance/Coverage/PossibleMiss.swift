package import SyncEngine

/// 应保尽保 (R16): a household or a person that no case is for, and that would be entitled by the facts on record and
/// today's policy. A person decides: nothing is opened by itself but 老年人补贴's candidates.
package struct PossibleMiss: Sendable {
    package enum Reason: String, Sendable, CaseIterable {
        /// The calculation comes to an entitlement.
        case entitled
        /// Above the 低保 limit and below the multiple of it that the pack gives for 支出型 relief: 低保边缘.
        case nearLimit = "near_limit"
        /// A fact is missing: nobody can say.
        case cannotSay = "cannot_say"

        package var label: Label {
            switch self {
            case .entitled: Label(zh: "符合条件而未享受", en: "entitled, and receives nothing")
            case .nearLimit: Label(zh: "低保边缘，需关注", en: "near the limit: to be watched")
            case .cannotSay: Label(zh: "缺事实，无法判断", en: "facts are missing: cannot say")
            }
        }
    }

    package let programme: Programme
    package let reason: Reason
    package let household: Linked
    /// Of a programme for a person.
    package let member: Linked?
    /// What it rests on: the amount that the trial comes to, or what is missing.
    package let detail: Label
    /// The day of the facts: of the last visit; `nil` without one.
    package let since: CalendarDay?

    /// What a person does next.
    package var next: Label {
        switch reason {
        case .entitled: Label(zh: "入户核实，告知并协助申请", en: "visit, tell them, help them apply")
        case .nearLimit: Label(zh: "列入监测，变化时重新核算", en: "watch, and calculate anew after a change")
        case .cannotSay: Label(zh: "入户补齐事实", en: "complete the facts at a visit")
        }
    }

    /// R16.
    package static let rule = CaseRule(16)
}

extension HouseholdFile {
    /// What this household may be missing, by the calculation that decides it (DOMAIN section 5), today.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``, ``Problem/Code/unknownPack``.
    package func possibleMisses() throws -> [PossibleMiss] {
        guard !present.isEmpty else { return [] }
        let finder = MissFinder(file: self, cases: cases, reading: reading, pack: try shelf.pack(on: today))
        return try finder.found()
    }
}

private struct MissFinder {
    let file: HouseholdFile
    let cases: [CaseFile]
    let reading: CalculationInput.Reading
    let pack: PolicyPack

    /// What covers a household, or is being decided: nothing is missed there.
    private var covered: [CaseFile] { cases.filter { $0.isUndecided || $0.status?.isInForce == true } }

    private func isCovered(_ programme: Programme, member: String? = nil) -> Bool {
        covered.contains { $0.programme == programme && (member == nil || $0.application.text("member") == member) }
    }

    func found() throws -> [PossibleMiss] {
        var misses: [PossibleMiss] = []
        if !isCovered(.dibao), !isCovered(.tekun) { misses += try household() }
        for programme in [Programme.disabilityLiving, .disabilityCare, .elderlyAllowance] {
            misses += try persons(programme)
        }
        return misses
    }

    private func miss(
        _ programme: Programme, _ reason: PossibleMiss.Reason, _ detail: Label, member: String? = nil
    ) -> PossibleMiss {
        PossibleMiss(
            programme: programme, reason: reason, household: file.home, member: file.member(member), detail: detail,
            since: file.lastVisit)
    }

    private func calculate(_ programme: Programme) throws -> CalculationRequest.Outcome {
        try CalculationRequest(programme: programme.rawValue, on: nil, today: file.today)
            .calculate(reading, pack: pack)
    }

    /// 特困 of its people first, for who gets it does not get 低保; then 低保; then whether it is near the limit.
    private func household() throws -> [PossibleMiss] {
        switch try calculate(.tekun) {
        case .calculated(let result) where result.isEligible == true:
            return result.persons.filter(\.isEligible).map {
                miss(.tekun, .entitled, Self.amount($0.amountFen), member: $0.person)
            }
        case .calculated, .incomplete: break
        }
        switch try calculate(.dibao) {
        case .incomplete(let findings): return [miss(.dibao, .cannotSay, Self.missing(findings))]
        // Nothing on record is not an income of nothing.
        case .calculated(let result) where result.isEligible == true && !isSurveyed:
            return [
                miss(.dibao, .cannotSay, Label(zh: "没有入户记录，也没有收入记录", en: "neither a visit nor an income is on record"))
            ]
        case .calculated(let result) where result.isEligible == true:
            return [miss(.dibao, .entitled, Self.amount(result.amountFen ?? 0))]
        case .calculated(let result):
            // Whose property is above the limits is not near them.
            guard result.says("dibao.not_below"), !result.isPropertyAbove,
                case .calculated(let relief) = try calculate(.reliefExpense), relief.says("relief.income_below")
            else { return [] }
            let line = relief.lines.first { $0.code == "relief.income_below" }
            return [
                miss(
                    .dibao, .nearLimit,
                    line?.text ?? PossibleMiss.Reason.nearLimit.label)
            ]
        }
    }

    private var isSurveyed: Bool { file.lastVisit != nil || !file.all("income_item").isEmpty }

    private func persons(_ programme: Programme) throws -> [PossibleMiss] {
        guard hasCandidates(programme) else { return [] }
        switch try calculate(programme) {
        case .calculated(let result):
            return result.persons.filter { $0.isEligible && !isCovered(programme, member: $0.person) }
                .map { miss(programme, .entitled, Self.amount($0.amountFen), member: $0.person) }
        case .incomplete(let findings):
            // What the household lacks for 低保 is said once, above.
            return isCovered(.dibao) || isCovered(.tekun)
                ? [miss(programme, .cannotSay, Self.missing(findings))] : []
        }
    }

    /// Whether anybody there could be due it: most households need no calculation.
    private func hasCandidates(_ programme: Programme) -> Bool {
        guard programme == .elderlyAllowance else {
            return file.present.contains { !$0.value("disability_grade").isNull }
        }
        return cases.contains { $0.programme == .dibao && $0.status?.isInForce == true }
    }

    private static func amount(_ fen: Int64) -> Label {
        Label(zh: "试算每月 \(Yuan.text(fen)) 元", en: "a trial comes to \(Yuan.text(fen)) yuan a month")
    }

    private static func missing(_ findings: [Finding]) -> Label {
        let errors = findings.filter { $0.severity == .error }.map(\.message)
        return Label(
            zh: errors.map(\.zh).joined(separator: "；"), en: errors.map(\.en).joined(separator: "; "))
    }
}

extension Calculation {
    /// Whether a step of the explanation was taken.
    func says(_ code: String) -> Bool { lines.contains { $0.code == code } }

    var isPropertyAbove: Bool { says("property.above") || says("property.deposits_above") }
}
