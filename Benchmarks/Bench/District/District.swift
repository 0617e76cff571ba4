import Assistance
import Foundation
import GRDB
import ProgramRunner
import RecordStore
import Server
import SyncEngine

/// A district's five years, written into a township's log by the product's own code, in the order of its days: what
/// `ruhu-bench district` measures on.
///
/// Every record is the fold of a signed, chained log, so that `audit verify` finds it sound. The desk acts once a
/// village and day, not once a case. Applications, steps, checks, decisions, notices and relief are admitted by the
/// domain's rules as at the desk; the monthly lines, the yearly reviews and the checks that go with them are written
/// without asking (asking of 750,000 lines costs an hour), and the last month is frozen by `ruhu-server roll freeze`,
/// which finds an arrear wherever a line is missing or wrong.
final class District {
    /// The first day after all that was written: the clock under which the data is looked at.
    static let today = "2026-11-25"
    static let firstMonth = Month("2021-11")!  // a constant of this program
    static let lastMonth = Month("2026-10")!  // a constant of this program
    private static let began = Instant("2021-10-08T09:00:00+08:00")!  // a constant of this program

    var plan: DistrictPlan
    let writer: DistrictWriter
    let clerk = "王建国"
    let leader = "陈主任"
    private(set) var cases: [DistrictCase] = []
    private var events: [(at: Instant, run: (Instant) throws -> Void)] = []
    private(set) var lines = 0

    /// - Parameter path: a folder that is not there yet.
    init(path: String, villages: Int, seed: UInt64) throws {
        plan = DistrictPlan(villages: villages, seed: seed)
        var random = SplitMix(state: seed &+ 1)
        writer = try DistrictWriter(path: path, villages: plan.villages, random: &random, at: Self.began)
    }

    /// Lives through the five years.
    func run(_ tell: (String) -> Void) throws {
        at(Self.began) { [self] in try writeHouseholds(at: $0) }
        planCases()
        planMoney()
        planVisits()
        planTroubles()
        let started = ContinuousClock.now
        var month = ""
        for (at, run) in events.sorted(by: { $0.at < $1.at }) {
            let day = at.day.description
            if day.prefix(4) != month {
                month = String(day.prefix(4))
                tell("\(day): \(writer.sets) sets, \(lines) lines, \(Int(Usage.seconds(since: started))) s")
            }
            try run(at)
        }
    }

    // MARK: - Tools

    func at(_ instant: Instant, _ run: @escaping (Instant) throws -> Void) { events.append((instant, run)) }

    /// - Parameter time: such as `09:00`.
    func at(_ day: CalendarDay, _ time: String, _ run: @escaping (Instant) throws -> Void) {
        at(Instant("\(day)T\(time):00+08:00")!, run)  // a day that there is
    }

    func add(_ found: [DistrictCase]) { cases += found }
    func counted(lines: Int) { self.lines += lines }

    /// One set of the desk for each village, in one transaction.
    func desk(
        _ cases: [DistrictCase], by author: String, at now: Instant, isAsked: Bool = true,
        _ changes: (DistrictCase, AuthorityTransaction) throws -> [Change]
    ) throws {
        let villages = Dictionary(grouping: cases, by: \.village)
        try writer.transaction(isAsked: isAsked) { transaction in
            for (_, cases) in villages.sorted(by: { $0.key < $1.key }) {
                let all = try cases.flatMap { try changes($0, transaction) }
                try writer.desk(all, author: author, at: now, in: transaction)
            }
        }
    }

    /// One set of each village's station.
    func stations(_ cases: [DistrictCase], at now: Instant, _ changes: (DistrictCase) -> [Change]) throws {
        let villages = Dictionary(grouping: cases, by: \.village)
        try writer.transaction { transaction in
            for (village, cases) in villages.sorted(by: { $0.key < $1.key }) {
                try writer.station(
                    village, cases.flatMap(changes), author: plan.villages[village].staff, at: now, in: transaction)
            }
        }
    }

    // MARK: - The village's facts

    private func writeHouseholds(at now: Instant) throws {
        for (index, village) in plan.villages.enumerated() {
            try writer.transaction { transaction in
                for start in stride(from: 0, to: village.homes.count, by: 20) {
                    let homes = village.homes[start..<min(start + 20, village.homes.count)]
                    try writer.station(
                        index, homes.flatMap { facts($0, in: village, at: now) }, author: village.staff, at: now,
                        in: transaction)
                }
            }
        }
    }

    private func facts(_ home: DistrictPlan.Home, in village: DistrictPlan.Village, at now: Instant) -> [Change] {
        let group = "\(home.place % 6 + 1)组"
        var changes: [Change] = [
            .new(
                "household", home.id,
                [
                    ("village", .text(village.code)), ("number", .text(home.number)), ("hukou_type", .text("20")),
                    ("address", .text("\(group)\(home.place + 1)号")), ("villager_group", .text(group)),
                    ("phones", .list(["138\(home.accountNumber.suffix(8))"])), ("head", .id(home.head.id)),
                    ("tenure", .text("自有")), ("building_type", .text("平房")), ("rooms", .int64(4)),
                    ("floor_area_m2", .int64(96)), ("water", .text("自来水")), ("electricity", .bool(true)),
                    ("farmland_centimu", .int64(350)), ("surveyed_on", .date(now.day)),
                ])
        ]
        changes += home.people.enumerated().map { member($1, place: $0, of: home) }
        changes.append(
            .new(
                "income_item", home.income,
                [
                    ("household", .id(home.id)), ("member", .id(home.head.id)), ("type", .text("21")),
                    ("amount_fen", .int64(home.incomeFen)), ("period", .text("month")),
                ]))
        if home.expenseFen > 0 {
            changes.append(
                .new(
                    "expense_item", plan.id(at: now),
                    [
                        ("household", .id(home.id)), ("member", .id(home.head.id)), ("type", .text("02")),
                        ("amount_fen", .int64(home.expenseFen)), ("paid_fen", .int64(home.expenseFen)),
                    ]))
        }
        changes.append(
            .new(
                "property_item", plan.id(at: now),
                [
                    ("household", .id(home.id)), ("type", .text("存款")), ("owner", .id(home.head.id)),
                    ("value_fen", .int64(200_000 + Int64(plan.below(90)) * 1_000)),
                ]))
        changes.append(
            .new(
                "bank_account", home.account,
                [
                    ("household", .id(home.id)), ("kind", .text("折")), ("number", .text(home.accountNumber)),
                    ("bank", .text("农商行")), ("holder", .text(home.head.name)),
                ]))
        return changes
    }

    private func member(_ person: DistrictPlan.Person, place: Int, of home: DistrictPlan.Home) -> Change {
        var fields: [(String, Value)] = [
            ("household", .id(home.id)), ("name", .text(person.name)), ("id_number", .text(person.number)),
            ("relation", .text(["02", "10", "20"][place])), ("marital", .text("20")), ("employment", .text("27")),
        ]
        if let grade = person.disability {
            fields += [
                ("disability_certificate", .text("\(person.number)4\(grade)")), ("disability_type", .text("4")),
                ("disability_grade", .text(grade)),
            ]
        }
        if home.fate == .tekun {
            fields += [
                ("labour_ability", .text("none")), ("self_care", .text("partial")),
                ("failed_activities", .list(["bathe"])),
            ]
        }
        return .new("member", person.id, fields + [("in_household", .bool(true))])
    }
}
