import Assistance
import Foundation
import GRDB
import ProgramRunner
import RecordStore
import SyncEngine

/// Visits, and what a desk has to look at: conflicts, quarantine, people on record twice, deaths, silent stations.
extension District {
    /// One visit a year to who is assisted, one in five years to everybody else.
    func planVisits() {
        for year in 2022...2026 {
            for quarter in 0..<4 {
                at(CalendarDay(year: year, month: quarter * 3 + 2, day: 16)!, "14:00") { [self] now in
                    try visit(at: now) { home in
                        home.fate == .notAssisted
                            ? home.place % 20 == (year - 2022) * 4 + quarter : home.place % 4 == quarter
                    }
                }
            }
        }
    }

    private func visit(at now: Instant, _ isVisited: (DistrictPlan.Home) -> Bool) throws {
        try writer.transaction { transaction in
            for (index, village) in plan.villages.enumerated() {
                let visits = village.homes.filter(isVisited).map { visit($0, in: index, at: now) }
                try writer.station(index, visits, author: village.staff, at: now, in: transaction)
            }
        }
    }

    func visit(_ home: DistrictPlan.Home, in village: Int, at now: Instant) -> Change {
        let people = home.people.map { #"{"name":"\#($0.name)","health":"1","labour_ability":"full"}"# }
        let answers =
            #"{"visited_on":"\#(now.day)","surveyors":["\#(plan.villages[village].staff)","李建国"],"#
            + #""head":"\#(home.head.name)","members":[\#(people.joined(separator: ","))],"#
            + #""remarks":"房屋西墙有裂缝，雨季漏水；长子在外打工，逢年回家；种植小麦玉米，养羊三只。"}"#
        return .new(
            "visit", plan.id(at: now),
            [
                ("household", .id(home.id)), ("when", .time(now)), ("where", .text("家中")),
                ("surveyors", .list([plan.villages[village].staff, "李建国"])), ("answers", .text(answers)),
                ("summary", .text("与户主面谈，查看了住房、存折和药费单据，收入与申报相符。")),
            ])
    }

    func planTroubles() {
        let day = CalendarDay("2026-11-20")!  // a day that there is
        at(day, "08:00") { [self] in try recordTwice(at: $0) }
        at(day, "09:00") { [self] in try changeAccounts(at: $0) }
        at(day, "10:00") { [self] in try contradict(at: $0) }
        at(day, "11:00") { [self] in try die(at: $0) }
        at(day, "12:00") { [self] in try writeWhatCannotApply(at: $0) }
        at(CalendarDay("2026-11-24")!, "18:00") { [self] in try lastSeen(at: $0) }
    }

    /// The villages with an index that this divides; always the first.
    private func each(
        _ step: Int, _ body: (Int, DistrictPlan.Village, AuthorityTransaction) throws -> Void
    ) throws {
        try writer.transaction { transaction in
            for index in stride(from: 0, to: plan.villages.count, by: step) {
                try body(index, plan.villages[index], transaction)
            }
        }
    }

    /// A person of one household is recorded in another, too.
    private func recordTwice(at now: Instant) throws {
        try each(5) { index, village, transaction in
            let (person, other) = (village.homes[50].people[2], village.homes[51])
            let member = Change.new(
                "member", plan.id(at: now),
                [
                    ("household", .id(other.id)), ("name", .text(person.name)), ("id_number", .text(person.number)),
                    ("relation", .text("20")), ("in_household", .bool(true)),
                ])
            try writer.station(index, [member], author: village.staff, at: now, in: transaction)
        }
        try writer.findDuplicates(at: now)
    }

    /// A new account from a village waits for a person (DOMAIN section 7, collision 4).
    private func changeAccounts(at now: Instant) throws {
        try each(3) { index, village, transaction in
            let home = village.homes[1]
            let change = Change.edit(
                "bank_account", home.account, [("number", .text("62231\(home.accountNumber.suffix(11))"))],
                old: ["number": .text(home.accountNumber)])
            try writer.station(
                index, [change], author: village.staff, expected: [.conflicted], at: now, in: transaction)
        }
    }

    /// Desk and station say different things of a person's ability to work, without having seen each other.
    private func contradict(at now: Instant) throws {
        try each(4) { index, village, transaction in
            let (person, seen) = (village.homes[2].head.id, try transaction.head().seq)
            func says(_ ability: String) -> [Change] {
                [.edit("member", person, [("labour_ability", .text(ability))])]
            }
            try writer.desk(says("partial"), author: clerk, at: now, in: transaction)
            try writer.station(
                index, says("none"), author: village.staff, seen: seen, expected: [.conflicted], at: now,
                in: transaction)
        }
    }

    private func die(at now: Instant) throws {
        try each(8) { index, village, transaction in
            let change = Change.edit("member", village.homes[3].people[1].id, [("death_date", .date(now.day))])
            try writer.station(index, [change], author: village.staff, at: now, in: transaction)
        }
    }

    private func writeWhatCannotApply(at now: Instant) throws {
        try each(16) { index, village, transaction in
            let change = Change.edit("household", plan.id(at: now), [("remarks", .text("没有这一户"))])
            try writer.station(
                index, [change], author: village.staff, expected: [.quarantined], at: now, in: transaction)
        }
    }

    /// Most stations synced yesterday, some weeks ago, a few never.
    private func lastSeen(at now: Instant) throws {
        try each(1) { index, _, transaction in
            guard index % 50 != 49 else { return }
            let days = index % 11 == 10 ? Int64(40) : Int64(index % 5)
            let head = try transaction.head().seq
            try writer.saw(
                index, cursor: head - UInt64(min(Int(head), index % 7 * 3)),
                at: Instant(milliseconds: now.milliseconds - days * 86_400_000), in: transaction)
        }
    }
}
