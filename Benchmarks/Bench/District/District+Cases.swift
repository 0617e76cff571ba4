import Assistance
import Foundation
import GRDB
import ProgramRunner
import RecordStore
import SyncEngine

/// From the application to the payment (DOMAIN section 3), in waves: most in the first month, the others later.
extension District {
    func planCases() {
        let first = CalendarDay("2021-10-09")!  // a day that there is
        wave(from: first) { $0.fate == .dibao ? $0.place < 20 : [.tekun, .care].contains($0.fate) && $0.place < 31 }
        let later = ["2022-04", "2022-11", "2023-06", "2024-01"]
        for (index, month) in later.enumerated() {
            wave(from: Month(month)!.first) { $0.place == 20 + index || $0.place == 31 && index == 1 }
        }
        wave(from: Month("2024-08")!.first) { $0.place == 32 || [.expense, .rejected].contains($0.fate) }
        urgentRelief(from: Month("2025-08")!.first.adding(days: 10))
        // What is being worked on: the older ones are late.
        for (index, day) in ["2026-10-22", "2026-11-06", "2026-11-19"].enumerated() {
            pending(from: CalendarDay(day)!, third: index)
        }
    }

    private func homes(_ isChosen: (DistrictPlan.Home) -> Bool) -> [(village: Int, home: DistrictPlan.Home)] {
        plan.villages.enumerated().flatMap { index, village in village.homes.filter(isChosen).map { (index, $0) } }
    }

    /// The households' own cases, then those of their people who follow 低保.
    private func wave(from day: CalendarDay, _ isChosen: @escaping (DistrictPlan.Home) -> Bool) {
        at(day, "08:30") { [self] now in
            let chosen = homes(isChosen)
            let families = chosen.compactMap { village, home in family(home, in: village, at: now) }
            let disabled = chosen.filter { $0.home.fate == .care }.map { village, home in
                DistrictCase(id: plan.id(at: now), village: village, home: home, person: home.head, .disabilityCare)
            }
            add(families + disabled)
            try apply(families + disabled, at: now)
        }
        let wave = { [self] in cases.filter { isChosen($0.home) && !$0.isLeft } }
        steps(from: day) { wave().filter { CaseMachine.of($0.programme).needsAuthorisation } }
        subsidies(from: day) { wave().filter { $0.programme == .disabilityCare } }
        following(from: day.adding(days: 21), isChosen)
    }

    private func family(_ home: DistrictPlan.Home, in village: Int, at now: Instant) -> DistrictCase? {
        func new(_ programme: Programme, person: DistrictPlan.Person? = nil, until step: String? = nil) -> DistrictCase
        {
            DistrictCase(id: plan.id(at: now), village: village, home: home, person: person, programme, lastStep: step)
        }
        switch home.fate {
        case .dibao: return new(.dibao)
        case .tekun: return new(.tekun, person: home.head)
        case .expense: return new(.reliefExpense)
        case .rejected: return new(.dibao, until: "review")
        default: return nil
        }
    }

    /// 老年人补贴 and 生活补贴 of households that receive 低保 (R2).
    private func following(from day: CalendarDay, _ isChosen: @escaping (DistrictPlan.Home) -> Bool) {
        func chosen() -> [DistrictCase] {
            cases.filter {
                isChosen($0.home) && ($0.programme == .elderlyAllowance || $0.programme == .disabilityLiving)
            }
        }
        at(day, "08:30") { [self] now in
            let found = homes { isChosen($0) && $0.fate == .dibao }.flatMap { village, home in
                home.people.filter { $0.isElder || $0.disability != nil }.map { person in
                    DistrictCase(
                        id: plan.id(at: now), village: village, home: home, person: person,
                        person.isElder ? .elderlyAllowance : .disabilityLiving)
                }
            }
            add(found)
            try apply(found.filter { $0.programme == .disabilityLiving }, at: now)
            let elders = found.filter { $0.programme == .elderlyAllowance }
            try desk(elders, by: "系统", at: now) { found, _ in [application(found, channel: "automatic", at: now)] }
        }
        at(day.adding(days: 1), "09:00") { [self] now in
            try desk(chosen().filter { $0.programme == .elderlyAllowance }, by: leader, at: now) { found, transaction in
                try decide(found, .approved, at: now, in: transaction)
                    + found.step("confirm", id: plan.id(at: now), by: leader, at: now)
            }
        }
        at(day.adding(days: 2), "09:00") { [self] now in
            try desk(chosen().filter { $0.programme == .elderlyAllowance }, by: clerk, at: now) { found, _ in
                try pay(found, at: now)
            }
        }
        subsidies(from: day) { chosen().filter { $0.programme == .disabilityLiving } }
    }

    private func subsidies(from day: CalendarDay, _ chosen: @escaping () -> [DistrictCase]) {
        at(day.adding(days: 1), "10:00") { [self] now in
            try desk(chosen(), by: clerk, at: now) { found, _ in
                try found.step("verify_certificate", id: plan.id(at: now), by: clerk, at: now)
            }
        }
        at(day.adding(days: 2), "10:00") { [self] now in
            try desk(chosen(), by: leader, at: now) { found, transaction in
                try decide(found, .approved, at: now, in: transaction)
                    + found.step("approve", id: plan.id(at: now), by: leader, at: now)
            }
        }
        at(day.adding(days: 3), "10:00") { [self] now in
            try desk(chosen(), by: clerk, at: now) { found, _ in try pay(found, at: now) }
        }
    }

    private func pending(from day: CalendarDay, third: Int) {
        let last = ["authorise", "prepare", "accept", "review", nil]
        func chosen() -> [DistrictCase] {
            cases.filter { $0.home.fate == .pending && $0.village % 3 == third && !$0.isLeft }
        }
        at(day, "08:30") { [self] now in
            let found = homes { $0.fate == .pending }.filter { $0.village % 3 == third }.map { village, home in
                DistrictCase(
                    id: plan.id(at: now), village: village, home: home, .dibao, lastStep: last[village % last.count])
            }
            add(found)
            try apply(found, at: now)
        }
        // Nobody has come to the rest yet.
        steps(from: day, through: 4) { chosen() }
    }

    // MARK: - Steps

    /// Applications of a village's people: its station writes them, with the survey on which they rest.
    private func apply(_ cases: [DistrictCase], at now: Instant) throws {
        try stations(cases, at: now) { found in
            var changes = [application(found, channel: "station", at: now)]
            if CaseMachine.of(found.programme).needsAuthorisation {
                let signed: [(String, Value)] = [
                    ("application", .id(found.id)), ("signer", .text(found.home.head.name)),
                    ("signed_at", .date(now.day)),
                ]
                changes += ["authorisation", "commitment"].map { .new($0, plan.id(at: now), signed) }
                changes.append(visit(found.home, in: found.village, at: now))
            }
            return changes
        }
    }

    func application(_ found: DistrictCase, channel: String, at now: Instant) -> Change {
        .new(
            "application", found.id,
            [
                ("household", .id(found.home.id)), ("member", found.person.map { .id($0.id) } ?? .null),
                ("programme", .text(found.programme.rawValue)), ("applied_at", .time(now)),
                ("channel", .text(channel)), ("reason", .text("因病致困，收入低于标准")),
            ])
    }

    /// The common path; what stops on the way stays there.
    private func steps(from day: CalendarDay, through last: Int = 18, _ chosen: @escaping () -> [DistrictCase]) {
        func on(
            _ days: Int, by author: String,
            _ changes: @escaping (DistrictCase, Instant, AuthorityTransaction) throws -> [Change]
        ) {
            guard days <= last else { return }
            at(day.adding(days: days), "09:30") { [self] now in
                try desk(chosen(), by: author, at: now) { try changes($0, now, $1) }
            }
        }
        on(1, by: clerk) { [self] found, now, _ in try step(found, "authorise", at: now) }
        on(2, by: clerk) { [self] found, now, _ in try step(found, "prepare", at: now) + [request(found, at: now)] }
        on(3, by: clerk) { [self] found, now, _ in [report(found, at: now)] + (try step(found, "accept", at: now)) }
        on(4, by: clerk) { [self] found, now, _ in try step(found, "review", at: now) }
        on(5, by: clerk) { [self] found, now, _ in
            found.programme == .tekun ? try step(found, "assess_ability", at: now) : []
        }
        on(6, by: leader) { [self] found, now, transaction in
            try decide(found, .approved, at: now, in: transaction) + step(found, "approve", at: now)
        }
        on(7, by: clerk) { [self] found, now, _ in [publicity(found, at: now)] + (try step(found, "publicise", at: now))
        }
        if last > 7 {
            at(day.adding(days: 7), "15:00") { [self] now in
                try stations(chosen(), at: now) { found in
                    guard let notice = found.notice else { return [] }
                    return [.edit("notice", notice, [("posted_evidence", .list(["照片 \(notice)"]))])]
                }
            }
        }
        on(last, by: clerk) { [self] found, now, _ in last < 18 ? [] : try step(found, "take_effect", at: now) }
        guard last >= 18 else { return }
        at(day.adding(days: 19), "09:30") { [self] now in
            try desk(chosen(), by: clerk, at: now) { found, _ in try pay(found, at: now) }
        }
    }

    func step(_ found: DistrictCase, _ name: String, at now: Instant) throws -> [Change] {
        try found.step(name, id: plan.id(at: now), by: leader, at: now)
    }

    /// The step into payment, with the next review; reviews are spread over the year.
    private func pay(_ found: DistrictCase, at now: Instant) throws -> [Change] {
        var changes = try step(found, "pay", at: now)
        guard [.dibao, .tekun, .elderlyAllowance].contains(found.programme) else { return changes }
        let due = now.day.adding(months: 1 + (found.village + found.home.place) % 12)
        let review = plan.id(at: now)
        found.review = (review, due)
        changes.append(
            .new("dynamic_review", review, [("application", .id(found.id)), ("due", .date(due))]))
        return changes
    }

    func request(_ found: DistrictCase, at now: Instant) -> Change {
        let id = plan.id(at: now)
        found.checkRequest = id
        return .new(
            "check_request", id,
            [
                ("application", .id(found.id)), ("requested_at", .time(now)),
                ("members", .list(found.home.people.map(\.id.description))),
            ])
    }

    func report(_ found: DistrictCase, at now: Instant) -> Change {
        let members = found.home.people.map(\.id.description)
        let verdicts = members.map { #"{"id":"\#($0)","verdict":"conforming"}"# }.joined(separator: ",")
        return .new(
            "check_report", plan.id(at: now),
            [
                ("application", .id(found.id)), ("no", .text("R-\(found.checkRequest?.description ?? "")")),
                ("request", found.checkRequest.map { .id($0) } ?? .null), ("members", .list(members)),
                ("per_member", .text("[\(verdicts)]")), ("verdict", .text("conforming")),
                ("issued_on", .date(now.day)), ("valid_to", .date(now.day.adding(days: 180))),
            ])
    }

    func publicity(_ found: DistrictCase, at now: Instant) -> Change {
        let id = plan.id(at: now)
        found.notice = id
        return .new(
            "notice", id,
            [
                ("application", .id(found.id)), ("kind", .text("publicity")), ("place", .text("村委会公开栏")),
                ("from", .date(now.day)), ("to", .date(now.day.adding(days: 9))), ("hotline", .text("0632-7712345")),
            ])
    }

    // MARK: - Decisions

    /// A decision with the calculation that it rests on, of what is on record now.
    func decide(
        _ found: DistrictCase, _ result: CaseDecision.Result, at now: Instant, in transaction: AuthorityTransaction
    ) throws -> [Change] {
        let (tables, database) = (transaction.tables, transaction.database)
        guard let home = try transaction.record(found.home.id, kind: householdKind) else { return [] }
        let records = try CalculationInput.records(below: home) {
            try tables.family(of: $0, in: database).filter { !$0.isDeleted }
        }
        let reading = CalculationInput.read(household: home, records: records, schema: tables.schema)
        let request = try CalculationRequest(programme: found.programme.rawValue, on: nil, today: now.day)
        guard case .calculated(let calculation) = try request.calculate(reading, pack: .yicheng2020) else {
            throw ProgramFailure("\(found.programme) of \(found.home.number): \(reading.findings)")
        }
        var fen: Int64?
        if result.grants {
            let own = calculation.persons.first { $0.person == found.person?.id.description }?.amountFen
            fen = found.programme == .reliefUrgent ? Self.urgentFen : own ?? calculation.amountFen
            found.amounts.append((Month(of: now.day).next, fen ?? 0))
        }
        return [
            .new(
                "decision", plan.id(at: now),
                [
                    ("application", .id(found.id)), ("result", .text(result.rawValue)),
                    ("amount_fen", fen.map(Value.int64) ?? .null), ("basis", .text("依据政策标准核算，情况属实")),
                    ("signatories", .list([clerk, leader])),
                    ("calculation", .text(calculation.document(records: reading.records).compact)),
                    ("role", .text("leader")), ("decided_on", .date(now.day)),
                ])
        ]
    }
}
