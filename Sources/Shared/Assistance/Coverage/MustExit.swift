package import SyncEngine

/// 应退尽退 (R16): a case in force that should be stopped, or decided anew, by the facts on record and today's policy.
package struct MustExit: Sendable {
    package enum Reason: String, Sendable, CaseIterable {
        case death, moved
        case certificateExpired = "certificate_expired"
        case turned18 = "turned_18"
        case support
        case ability
        case incomeAbove = "income_above"
        case propertyAbove = "property_above"
        case notEntitled = "not_entitled"
        case checkFailed = "check_failed"
        case recheckOverdue = "recheck_overdue"
        case graceEnded = "grace_ended"

        package var label: Label {
            switch self {
            case .death: Label(zh: "人员死亡", en: "death")
            case .moved: Label(zh: "迁出或不再共同生活", en: "moved away")
            case .certificateExpired: Label(zh: "残疾人证过期", en: "certificate expired")
            case .turned18: Label(zh: "年满 18 周岁", en: "turned 18")
            case .support: Label(zh: "恢复赡养抚养扶养", en: "support regained")
            case .ability: Label(zh: "恢复劳动能力", en: "able to work again")
            case .incomeAbove: Label(zh: "收入超标", en: "income above the limit")
            case .propertyAbove: Label(zh: "财产超标", en: "property above the limit")
            case .notEntitled: Label(zh: "按现有事实不再符合条件", en: "not entitled by the facts on record")
            case .checkFailed: Label(zh: "核对不符合", en: "the check does not conform")
            case .recheckOverdue: Label(zh: "复核超期", en: "recheck overdue")
            case .graceEnded: Label(zh: "渐退期已满", en: "the grace period is over")
            }
        }

        /// The code list `stop_reason`.
        package var stopReason: String {
            switch self {
            case .death: "02"
            case .moved: "03"
            case .incomeAbove: "01"
            case .propertyAbove: "05"
            case .recheckOverdue: "06"
            default: "99"
            }
        }

        package var stopReasonLabel: Label {
            CodeLists.label(stopReason, CodeLists.stopReason[stopReason] ?? stopReason)
        }
    }

    package let file: CaseFile
    package let reason: Reason
    /// What it rests on.
    package let detail: Label
    /// Since when it holds; `nil` when the records do not say.
    package let since: CalendarDay?

    /// Whose case it is: the applicant's, else the head's.
    package var person: Linked? { file.applicant ?? file.head }

    /// What a person does next.
    package var next: Label {
        switch reason {
        case .recheckOverdue: Label(zh: "立即入户复核，不配合的停发", en: "recheck at once; stop it when that is refused")
        case .checkFailed: Label(zh: "核实后重新核定或停发", en: "verify, then decide anew or stop")
        default: Label(zh: "重新核定或停发，送达告知书后生效", en: "decide anew or stop; it takes effect with the notice")
        }
    }

    /// R16.
    package static let rule = CaseRule(16)
}

extension HouseholdFile {
    /// The cases in force that should end or change, each with every reason, the surest first.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``, ``Problem/Code/unknownPack``.
    package func mustExits() throws -> [MustExit] {
        try cases.filter(\.isPaidMonthly).flatMap { try ExitFinder(home: self, file: $0).found() }
    }
}

private struct ExitFinder {
    let home: HouseholdFile
    let file: CaseFile

    func found() throws -> [MustExit] {
        let gone = death() + moved()
        // Of whom nobody is left there is nothing to calculate.
        let calculated = gone.isEmpty ? try entitlement() : []
        return gone + calculated + papers()
    }

    private func exit(_ reason: MustExit.Reason, _ zh: String, _ en: String, since: CalendarDay?) -> MustExit {
        MustExit(file: file, reason: reason, detail: Label(zh: zh, en: en), since: since)
    }

    private func death() -> [MustExit] {
        let dead = file.unconsideredDeaths
        guard !dead.isEmpty else { return [] }
        let day = dead.compactMap { $0.day("death_date") ?? $0.day("on") }.min()
        let on = day.map(\.description) ?? "-"
        return [exit(.death, "\(on) 死亡，尚未重新核定", "died \(on), and nothing was decided since", since: day)]
    }

    private func moved() -> [MustExit] {
        if let person = file.applicant, file.programme?.isPersonal == true, person.value("in_household") == .bool(false)
        {
            let why = person.text("in_household_reason") ?? ""
            return [exit(.moved, "本人已不在户 \(why)", "the person lives there no more \(why)", since: nil)]
        }
        let decided = file.all("decision").last?.record.seq ?? 0
        let reports = file.household.filter {
            $0.kind.name == "change_report" && $0.text("type") == "move" && $0.record.seq > decided
        }
        if let report = reports.first {
            return [exit(.moved, "村（居）报告户籍迁移", "the village reports a move", since: report.day("on"))]
        }
        let hasLeft = home.present.isEmpty && home.members.contains { $0.value("in_household") == .bool(false) }
        return hasLeft ? [exit(.moved, "住户已没有人共同生活", "nobody lives there any more", since: nil)] : []
    }

    /// What today's policy makes of the facts on record.
    private func entitlement() throws -> [MustExit] {
        guard let programme = file.programme, file.status != .grace else { return [] }
        var reading = home.reading
        // His own benefit excludes nobody from itself.
        for index in reading.input.persons.indices {
            reading.input.persons[index].receives.removeAll { $0 == programme.rawValue }
        }
        let request = try CalculationRequest(programme: programme.rawValue, on: nil, today: home.today)
        guard case .calculated(let result) = try request.calculate(reading, pack: try home.shelf.pack(on: home.today))
        else { return [] }
        let applicant = file.applicant?.record.id.description
        let isEntitled =
            programme.isPersonal
            ? result.persons.first { $0.person == applicant }?.isEligible ?? true : result.isEligible ?? true
        return isEntitled ? [] : because(result, applicant: applicant)
    }

    private func because(_ result: Calculation, applicant: String?) -> [MustExit] {
        func line(_ code: String) -> Calculation.Line? {
            result.lines.first { $0.code == code && ($0.item == nil || $0.item == applicant || !isOfPerson(code)) }
        }
        let reasons: [(MustExit.Reason, Calculation.Line?, CalendarDay?)] = [
            (.certificateExpired, line("disability.expired"), file.applicant?.day("disability_expiry")),
            (.support, line("tekun.able_supporter"), home.lastVisit),
            (eighteenth == nil ? .ability : .turned18, line("tekun.can_work"), eighteenth ?? home.lastVisit),
            (.incomeAbove, line("dibao.not_below") ?? line("tekun.has_income"), home.lastVisit),
            (.propertyAbove, line("property.above") ?? line("property.deposits_above"), home.lastVisit),
        ]
        let found = reasons.compactMap { reason, line, since in
            line.map { MustExit(file: file, reason: reason, detail: $0.text, since: since) }
        }
        guard found.isEmpty else { return found }
        let last = result.lines.last?.text ?? MustExit.Reason.notEntitled.label
        return [MustExit(file: file, reason: .notEntitled, detail: last, since: home.lastVisit)]
    }

    /// Steps that are said of each person by himself.
    private func isOfPerson(_ code: String) -> Bool {
        ["tekun.can_work", "tekun.has_income", "disability.expired"].contains(code)
    }

    /// The 18th birthday of the person, when it came after the first decision (DOMAIN section 3, 特困).
    private var eighteenth: CalendarDay? {
        guard let born = file.applicant?.text("id_number").flatMap(IdentityNumber.birthDate) else { return nil }
        let day = born.anniversary(18)
        let decided = file.all("decision").first?.day("decided_on") ?? file.application.day("applied_at")
        return day <= home.today && decided.map { $0 < day } ?? false ? day : nil
    }

    private func papers() -> [MustExit] {
        var exits: [MustExit] = []
        if let report = file.all("check_report").last, report.text("verdict") == "not_conforming" {
            let no = report.text("no") ?? "-"
            exits.append(
                exit(.checkFailed, "核对报告 \(no) 不符合", "report \(no) does not conform", since: report.day("issued_on")))
        }
        if let due = file.overdueReview {
            let days = home.today.daysSinceEpoch - due.daysSinceEpoch
            exits.append(exit(.recheckOverdue, "复核超期 \(days) 天", "recheck \(days) days late", since: due))
        }
        if let last = file.lastMonthOfGrace, last < Month(of: home.today) {
            exits.append(exit(.graceEnded, "渐退期至 \(last)", "grace ended with \(last)", since: last.next.first))
        }
        return exits
    }
}
