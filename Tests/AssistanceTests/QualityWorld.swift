import SyncEngine

@testable import Assistance

/// A household in payment of which nothing is wrong, for each rule to be broken by itself.
final class QualityWorld {
    let cases: CaseWorld
    var context = HouseholdFile.Context()
    let account: RecordID
    let income: RecordID
    let visit: RecordID

    /// The first example of GB 11643: a woman of 76 on the day.
    static let oldNumber = "11010519491231002X"

    init(_ programme: Programme = .dibao) {
        cases = CaseWorld(programme)
        let world = cases
        for (field, value) in [
            ("number", .text("001")), ("address", .text("某村 1 号")), ("hukou_type", .text("21")),
            ("phones", .list(["13800000000"])), ("head", .text(world.member.description)), ("population", .int64(1)),
            ("poverty_causes", .list(["01"])),
        ] as [(String, Value)] { world.set(world.household, field, value) }
        world.set(world.member, "id_number", .text(Self.oldNumber))
        world.set(world.member, "relation", .text("02"))
        visit = world.add("visit", ["when": .time(world.now), "surveyors": .list(["李", "王"])])
        account = world.add(
            "bank_account", ["kind": .text("卡"), "number": .text("6222020200112233446"), "holder": .text("张三")])
        income = world.add(
            "income_item",
            [
                "member": .text(world.member.description), "type": .text("41"), "amount_fen": .int64(15_000),
                "period": .text("month"), "evidence": .text("社保发放单"),
            ])
        world.authorise()
        world.report()
        world.decide("approved")
        world.set(world.application, "status", .text("in_payment"))
        world.add("dynamic_review", ["due": world.day(300)])
    }

    @discardableResult func add(_ kind: String, _ fields: [String: Value]) -> RecordID { cases.add(kind, fields) }

    @discardableResult func member(_ name: String, _ fields: [String: Value] = [:]) -> RecordID {
        add("member", ["name": .text(name), "relation": .text("20")].merging(fields) { $1 })
    }

    func day(_ offset: Int) -> Value { cases.day(offset) }

    var file: HouseholdFile {
        let home = cases.records.first { $0.id == cases.household }!
        return HouseholdFile(
            home, records: cases.records.filter { $0.id != home.id }, context: context, at: cases.now,
            shelf: cases.shelf)!
    }

    /// The codes of the rules that are broken, each once, in order.
    var broken: [String] { QualityRule.all.filter { !$0.findings(in: file).isEmpty }.map(\.code) }
}
