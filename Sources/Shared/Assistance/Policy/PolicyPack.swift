package import SyncEngine

/// A policy as data: what the district sets and signs, and every village calculates with (R3, R69). Its text is the
/// JSON document that `docs/policy-packs.md` describes; its hash is that text's.
package struct PolicyPack: Hashable, Sendable {
    /// Stays the same over versions: `370404-2020-14`.
    package let id: String
    package let version: Int
    /// The district, or a township of it.
    package let region: Scope
    package let title: Label
    package let issued: CalendarDay
    /// The first and the last day on which it opens cases; cases that it opened it governs on.
    package let from: CalendarDay
    package let until: CalendarDay
    package let parameters: [PolicyParameter]
    package let deadlines: [PolicyDeadline]
    package let notice: PolicyDeadline?
    package let hotline: PolicyHotline?
    package let documents: [PolicyText]
    package let basis: [PolicyText]
    /// The checklist of proofs (R37); what it does not name is not asked for.
    package let proofs: [PolicyProof]
    package let calendar: [PolicyCalendarDay]
    /// The document, byte for byte.
    package let text: String

    /// `370404-2020-14@1`: how a training, a calculation and a case name it.
    package var name: String { "\(id)@\(version)" }
    package var hash: Hash256 { Hash256(of: Array(text.utf8)) }
    package func isInForce(on day: CalendarDay) -> Bool { from <= day && day <= until }
}

/// A term of the policy: which rule, from where to where (R33 to R35, R69).
package struct PolicyDeadline: Hashable, Sendable {
    /// What a policy sets a term for.
    package enum Step: String, Hashable, Sendable, CaseIterable {
        case decision, relief, registration
        case recheck
        case aliveCheck = "alive_check"
        /// How old the check report of a case in payment may become (R65).
        case rollCheck = "roll_check"
        case grace
        case delivery
        case notice
    }

    /// `nil` for every programme.
    package let programme: Programme?
    package let step: Step
    /// `12wd` working days, `7d` calendar days, `24h` hours, `12m` months, `5y` years.
    package let rule: String
    /// How long before its end it warns: `3wd`, `6h`. `nil`: it does not.
    package let warning: Term?
    package let starts: String
    package let stops: String
    package let source: PolicySource

    /// Of days and hours.
    package var term: Term? { try? Term(parsing: rule) }
    /// Of months and years.
    package var months: Int? {
        guard let count = Int(rule.dropLast()) else { return nil }
        return rule.hasSuffix("m") ? count : rule.hasSuffix("y") ? 12 * count : nil
    }

    /// How many days before its end a term of months warns; hours count as a day.
    var warningDays: Int { warning?.unit == .hours ? 1 : warning?.count ?? 0 }

    /// Digits and a unit.
    static func isRule(_ rule: String) -> Bool {
        let digits = rule.prefix { $0.isASCII && $0.isNumber }
        return (1...4).contains(digits.count) && digits.first != "0"
            && ["wd", "d", "h", "m", "y"].contains(String(rule.dropFirst(digits.count)))
    }
}

/// The public complaint line that every notice prints (R58).
package struct PolicyHotline: Hashable, Sendable {
    package let number: String
    package let source: PolicySource
}

/// A text in both languages under a code: a document's title, a legal basis.
package struct PolicyText: Hashable, Sendable {
    package let code: String
    package let label: Label
    package let source: PolicySource
}

/// A day that the calendar of the programs does not know yet.
package struct PolicyCalendarDay: Hashable, Sendable {
    package let day: CalendarDay
    package let isWorking: Bool
    package let name: String
}

extension PolicyPack {
    /// The parameter's value in force on a day.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter`` when the pack gives none: never a default.
    package func parameter(_ name: String, on day: CalendarDay) throws -> PolicyParameter {
        if let found = parameters.first(where: { $0.name == name && $0.isInForce(on: day) }) { return found }
        throw Problem(
            .missingParameter, name,
            explanation: Label(
                zh: "政策包 \(self.name) 没有 \(day) 的参数 \(name)",
                en: "Policy pack \(self.name) gives no \(name) on \(day)"))
    }

    /// The deadline of a step: the programme's own, else the one for every programme. `nil` when the policy sets none.
    package func deadline(_ step: PolicyDeadline.Step, of programme: Programme) -> PolicyDeadline? {
        deadlines.first { $0.programme == programme && $0.step == step }
            ?? deadlines.first { $0.programme == nil && $0.step == step }
    }

    /// The pack in force on a day: the latest issue and version. When none is in force, the one that ended last goes
    /// on governing (DOMAIN section 2), and before the first the first does not apply.
    package static func governing(_ day: CalendarDay, among packs: [PolicyPack]) -> PolicyPack? {
        let ordered = packs.filter { $0.from <= day }
            .sorted { ($0.from, $0.issued, $0.version) < ($1.from, $1.issued, $1.version) }
        return ordered.last { $0.isInForce(on: day) } ?? ordered.max { ($0.until, $0.version) < ($1.until, $1.version) }
    }

    var endedWarning: Finding {
        Finding(
            .warning, field: "pack",
            Label(
                zh: "政策包 \(name) 已于 \(until) 到期，暂按其继续办理；请区民政发布新政策",
                en: "Policy pack \(name) ended on \(until); it governs on until the district issues a new one"))
    }

    /// What to tell people loudly: it is past its end (R69), or not begun.
    package func warnings(on day: CalendarDay) -> [Finding] {
        var warnings = day > until ? [endedWarning] : []
        if day < from {
            warnings.append(
                Finding(
                    .warning, field: "pack",
                    Label(zh: "政策包 \(name) 自 \(from) 起施行", en: "Policy pack \(name) is in force from \(from) only")))
        }
        if parameters.contains(where: { $0.source == .demo }) {
            warnings.append(
                Finding(
                    .warning, field: "pack",
                    Label(
                        zh: "政策包 \(name) 含演示值，金额不能用于发放", en: "Policy pack \(name) has demo values: not for payment")))
        }
        return warnings
    }
}
