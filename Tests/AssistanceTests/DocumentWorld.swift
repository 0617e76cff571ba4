import SyncEngine

@testable import Assistance

/// A household of five with everything that a document may print.
enum DocumentWorld {
    static let office = DocumentSubject.Office(name: "阴平镇", region: Scope("370404101"))

    static func subject(_ world: CaseWorld) throws -> DocumentSubject {
        let household = try world.record(world.household, kind: householdKind)!
        return try DocumentSubject(
            household: household, file: try world.file, pack: .yicheng2020, office: office, in: world)
    }

    /// A family, before anything is done about its application.
    static func family(_ programme: Programme, on day: String = "2025-03-03") -> CaseWorld {
        let world = CaseWorld(programme, on: day)
        let home = world.household
        let fields: [(String, Value)] = [
            ("number", .text("2025-017")), ("address", .text("三组 12 号")), ("hukou_type", .text("20")),
            ("villager_group", .text("三组")), ("phones", .list(["13806320000"])),
            ("head", .text(world.member.description)),
            ("poverty_causes", .list(["01", "04"])), ("housing", .text("砖瓦房，屋顶漏雨")), ("tenure", .text("自有")),
            ("structure", .text("砖木")), ("rooms", .int64(4)), ("floor_area_m2", .int64(86)),
            ("built_year", .int64(1998)),
            ("farmland_centimu", .int64(350)), ("livestock", .text("羊 3 只")),
        ]
        for (name, value) in fields { world.set(home, name, value) }
        describe(world.member, in: world, "11010519491231002X", "02", health: "41", disease: "胃癌")
        let people: [(String, String, String, String)] = [
            ("李桂兰", "440524188001010014", "10", "31"), ("张建军", "110105197001010015", "22", "10"),
            ("王秀芹", "110105197203030024", "38", "10"), ("张小雨", "110105201305050028", "42", "10"),
        ]
        for (name, number, relation, health) in people {
            describe(world.add("member", ["name": .text(name)]), in: world, number, relation, health: health)
        }
        world.add(
            "income_item",
            ["type": .text("10"), "amount_fen": .int64(90_000), "period": .text("month"), "member": last(world, "张建军")])
        world.add("income_item", ["type": .text("21"), "amount_fen": .int64(120_000), "period": .text("year")])
        world.add(
            "expense_item",
            [
                "type": .text("02"), "amount_fen": .int64(2_600_000), "reimbursed_fen": .int64(1_500_000),
                "bill_no": .text("YL20250117"),
            ])
        world.add("property_item", ["type": .text("deposit"), "value_fen": .int64(300_000)])
        world.add("property_item", ["type": .text("vehicle"), "plate": .text("鲁D12345"), "exemption": .text("03")])
        world.add(
            "supporter",
            ["name": .text("张丽"), "relation": .text("30"), "ability": .text("able"), "fee_fen": .int64(20_000)])
        world.set(world.application, "reason", .text("户主患癌症，自付医疗费过大，家庭收入低于低保标准"))
        world.set(world.application, "channel", .text("proxy"))
        world.set(world.application, "proxy", .text("王秀英"))
        return world
    }

    private static func describe(
        _ member: RecordID, in world: CaseWorld, _ number: String, _ relation: String, health: String,
        disease: String? = nil
    ) {
        world.set(member, "id_number", .text(number))
        world.set(member, "relation", .text(relation))
        world.set(member, "health", .text(health))
        world.set(member, "employment", .text("27"))
        if let disease { world.set(member, "disease", .text(disease)) }
    }

    private static func last(_ world: CaseWorld, _ name: String) -> Value {
        let kind = AssistanceSchema.current.kind("member")!
        let found = world.records.last { $0.kind == "member" && $0.value("name", in: kind).text == name }
        return .text(found?.id.description ?? "")
    }

    /// Everybody's check, the visit of two surveyors.
    static func checked(_ world: CaseWorld, _ verdict: String = "conforming") {
        let everybody = world.records.filter { $0.kind == "member" }.map(\.id.description)
        world.add("check_request", ["requested_at": .time(world.now)])
        world.add(
            "check_report",
            [
                "no": .text("HD-2025-0031"), "verdict": .text(verdict), "valid_to": world.day(180),
                "issued_on": world.day(0), "members": .list(everybody),
                "reasons": verdict == "conforming" ? .null : .text("名下有一辆未申报的小型轿车，不属于豁免情形"),
            ])
        world.add(
            "visit",
            [
                "when": .time(world.now), "where": .text("申请人家中"), "surveyors": .list(["李建国", "王秀英"]),
                "form": .text("household_survey@2"), "summary": .text("家庭确有困难，与所报情况相符。"),
            ])
    }

    /// A decision that keeps its calculation (R15).
    static func decide(_ world: CaseWorld, _ result: String, fen: Int64?) throws {
        let household = try world.record(world.household, kind: householdKind)!
        let records = try CalculationInput.records(below: household) { try world.dependents(of: $0) }
        let reading = CalculationInput.read(household: household, records: records, schema: AssistanceSchema.current)
        let calculation = try Calculation.calculate(.dibao, reading.input, pack: .yicheng2020, on: world.now.day)
        world.add(
            "decision",
            [
                "result": .text(result), "amount_fen": fen.map(Value.int64) ?? .null,
                "basis": .text("经核对和调查，家庭人均收入低于农村低保标准，财产符合规定。"),
                "signatories": .list(["孙经办", "周审核", "吴镇长"]), "role": .text("leader"), "decided_on": world.day(0),
                "calculation": .text(calculation.document(records: reading.records).compact),
            ])
    }

    /// A case in which the document is due.
    static func world(for code: DocumentCode) throws -> CaseWorld {
        let world = family(code == .reliefReceipt ? .reliefUrgent : .dibao)
        if code == .reliefReceipt {
            world.add(
                "payment",
                [
                    "amount_fen": .int64(103_050), "means": .text("cash"), "state": .text("paid"),
                    "receipt": .text("签收单 1 张"), "paid_at": .time(world.now), "payee": .text(world.member.description),
                ])
            try world.take("relieve")
            return world
        }
        world.authorise()
        try world.take("authorise")
        try world.take("prepare")
        checked(world)
        world.later(days: 3)
        try world.take("accept")
        try world.take("review")
        world.later(days: 1)
        if code == .rejection {
            try decide(world, "rejected", fen: nil)
            return world
        }
        try decide(world, "approved", fen: 95_000)
        try world.take("approve")
        if [.publicNotice, .democraticReview].contains(code) { try world.post() }
        if code == .democraticReview {
            let objection = world.add(
                "objection", ["text": .text("他家的面包车不是用来拉货的"), "at": world.day(2), "by": .text("赵大年")])
            world.add(
                "democratic_review",
                [
                    "objection": .text(objection.description), "held_on": world.day(4), "votes_for": .int64(5),
                    "votes_against": .int64(0), "attendees": .list(["甲一", "乙二", "丙三", "丁四", "戊五"]),
                    "record": .text("经查，车辆为家庭谋生所用。\n全体同意维持。"), "result": .text("upheld"),
                ])
        }
        if code == .adjustment {
            world.later(days: 300)
            try decide(world, "adjusted", fen: 60_000)
        }
        return world
    }
}
