import Assistance
import Foundation
import GRDB
import RecordStore
import Server
import SyncEngine

/// What is paid and looked at again, month by month; changes of amounts, ends, relief at once.
extension District {
    /// As ``Server`` freezes a roll.
    private static let linesPerSet = 500
    /// What urgent relief hands out, in fen.
    static let urgentFen: Int64 = 100_000

    func planMoney() {
        var month = Self.firstMonth
        while month <= Self.lastMonth {
            let (current, day) = (month, month.first.adding(days: 24))
            at(day, "16:00") { [self] now in try freeze(current, at: now) }
            at(day.adding(days: 1), "10:00") { [self] now in try review(dueUntil: current.last, at: now) }
            month = month.next
        }
        adjust(from: Month("2024-03")!.first.adding(days: 10))
        stop(from: Month("2025-03")!.first.adding(days: 25))
    }

    private func freeze(_ month: Month, at now: Instant) throws {
        let due = cases.filter { $0.isPaid && $0.programme != .reliefExpense }.sorted { $0.id < $1.id }.compactMap {
            found in found.fen(for: month).flatMap { $0 > 0 ? (found: found, fen: $0) : nil }
        }
        let roll = plan.id(at: now)
        let digest = Roll.digest(
            due.map { line in
                Roll.entry(
                    application: line.found.id.description, month: month.description, fen: line.fen,
                    account: line.found.home.accountNumber)
            })
        let head = Change.new(
            "roll", roll,
            [
                ("month", .text(month.description)), ("batch", .int64(1)), ("frozen_at", .time(now)),
                ("frozen_by", .text(clerk)), ("lines", .int64(Int64(due.count))),
                ("total_fen", .int64(due.reduce(0) { $0 + $1.fen })), ("digest", .text(digest.description)),
            ])
        let changes = [head] + due.map { line($0.found, month, fen: $0.fen, roll: roll, at: now) }
        try writer.transaction(isAsked: false) { transaction in
            for start in stride(from: 0, to: changes.count, by: Self.linesPerSet) {
                try writer.desk(
                    Array(changes[start..<min(start + Self.linesPerSet, changes.count)]), author: clerk, at: now,
                    in: transaction)
            }
        }
        counted(lines: due.count)
    }

    private func line(_ found: DistrictCase, _ month: Month, fen: Int64, roll: RecordID, at now: Instant) -> Change {
        .new(
            "payment", plan.id(at: now),
            [
                ("application", .id(found.id)), ("month", .text(month.description)), ("payee", .id(found.payee)),
                ("amount_fen", .int64(fen)), ("means", .text("account")), ("state", .text("planned")),
                ("roll", .id(roll)), ("account_kind", .text("折")),
                ("account_number", .text(found.home.accountNumber)), ("account_bank", .text("农商行")),
                ("account_holder", .text(found.home.head.name)),
            ])
    }

    /// The reviews of the month, each with a check; one in twenty of the last two months is late.
    private func review(dueUntil last: CalendarDay, at now: Instant) throws {
        let isRecent = now.day > Month("2026-09")!.first
        let due = cases.filter { found in
            guard found.isPaid, let review = found.review, review.due <= last else { return false }
            return !isRecent || (found.village + found.home.place) % 20 != 0
        }
        try desk(due, by: clerk, at: now, isAsked: false) { found, _ in
            guard let review = found.review else { return [] }
            let next = plan.id(at: now)
            found.review = (next, review.due.adding(months: 12))
            let looked: [Change] = [
                .edit(
                    "dynamic_review", review.id, [("done", .date(now.day)), ("result", .list(["继续发放"]))]),
                .new(
                    "dynamic_review", next,
                    [("application", .id(found.id)), ("due", .date(review.due.adding(months: 12)))]),
            ]
            guard found.programme != .elderlyAllowance else { return looked }
            return looked + [request(found, at: now), report(found, at: now)]
        }
    }

    // MARK: - Changes

    /// A change that was decided, and its letter.
    private func change(
        _ found: DistrictCase, _ result: CaseDecision.Result, _ text: String, at now: Instant,
        in transaction: AuthorityTransaction
    ) throws -> [Change] {
        let decided = try decide(found, result, at: now, in: transaction)
        return decided
            + decided.map { decision in
                .new(
                    "notice", plan.id(at: now),
                    [
                        ("application", .id(found.id)), ("kind", .text("adjustment")), ("text", .text(text)),
                        ("from", .date(now.day)), ("delivered_on", .date(now.day)),
                        ("decision", .id(decision.record)),
                    ])
            }
    }

    /// One household of each village earns more; its amount is decided anew.
    private func adjust(from day: CalendarDay) {
        func chosen() -> [DistrictCase] { cases.filter { $0.programme == .dibao && $0.home.place == 5 && $0.isPaid } }
        at(day, "09:00") { [self] now in
            try stations(chosen(), at: now) { found in
                let before = found.home.incomeFen
                return [
                    .edit(
                        "income_item", found.home.income, [("amount_fen", .int64(before + 10_000))],
                        old: ["amount_fen": .int64(before)])
                ]
            }
        }
        at(day.adding(days: 1), "09:00") { [self] now in
            try desk(chosen(), by: leader, at: now) { found, transaction in
                try change(found, .adjusted, "收入增加，保障金相应调整", at: now, in: transaction)
            }
        }
        at(day.adding(days: 2), "09:00") { [self] now in
            let adjusted = chosen()
            try desk(adjusted, by: leader, at: now) { found, _ in try step(found, "adjust", at: now) }
            try desk(adjusted, by: clerk, at: now) { found, _ in try step(found, "resume", at: now) }
        }
    }

    /// One household of each village is stopped.
    private func stop(from day: CalendarDay) {
        func chosen() -> [DistrictCase] { cases.filter { $0.programme == .dibao && $0.home.place == 7 && $0.isPaid } }
        at(day, "11:00") { [self] now in
            try desk(chosen(), by: leader, at: now) { found, transaction in
                try change(found, .stopped, "家庭收入超过标准，停发", at: now, in: transaction)
            }
        }
        at(day.adding(days: 1), "11:00") { [self] now in
            try desk(chosen(), by: leader, at: now) { found, _ in try step(found, "stop", at: now) }
        }
    }

    /// 急难: relief first, papers after.
    func urgentRelief(from day: CalendarDay) {
        func chosen() -> [DistrictCase] { cases.filter { $0.programme == .reliefUrgent } }
        at(day, "08:00") { [self] now in
            let found = plan.villages.enumerated().flatMap { index, village in
                village.homes.filter { $0.fate == .urgent }.map {
                    DistrictCase(id: plan.id(at: now), village: index, home: $0, person: $0.head, .reliefUrgent)
                }
            }
            add(found)
            try stations(found, at: now) { [application($0, channel: "station", at: now)] }
        }
        at(day, "15:00") { [self] now in
            try desk(chosen(), by: clerk, at: now) { found, _ in
                let paid = Change.new(
                    "payment", plan.id(at: now),
                    [
                        ("application", .id(found.id)), ("month", .text(Month(of: now.day).description)),
                        ("payee", .id(found.payee)), ("amount_fen", .int64(Self.urgentFen)), ("means", .text("cash")),
                        ("state", .text("paid")), ("receipt", .text("收条 \(found.home.number)")),
                        ("paid_at", .time(now)),
                    ])
                return [paid] + (try step(found, "relieve", at: now))
            }
        }
        let rest: [(days: Int, step: String)] = [(2, "register"), (3, "sign_off"), (4, "publicise"), (18, "archive")]
        for (days, name) in rest {
            at(day.adding(days: days), "09:45") { [self] now in
                try desk(chosen(), by: leader, at: now) { found, transaction in
                    let with =
                        name == "sign_off"
                        ? try decide(found, .approved, at: now, in: transaction)
                        : name == "publicise" ? [publicity(found, at: now)] : []
                    return with + (try step(found, name, at: now))
                }
            }
        }
        at(day.adding(days: 4), "15:00") { [self] now in
            try stations(chosen(), at: now) { found in
                found.notice.map { [.edit("notice", $0, [("posted_evidence", .list(["照片 \($0)"]))])] } ?? []
            }
        }
    }
}
