import SyncEngine
import Testing

@testable import Assistance

/// The rules of data quality (R63): each is broken by an example of its own, and by nothing in a household that is in
/// order.
@Suite struct QualityRuleTests {
    /// What breaks a rule, and whatever else the same thing breaks.
    private struct Example: Sendable {
        let code: String
        var also: [String] = []
        let breaking: @Sendable (QualityWorld) -> Void

        init(_ code: String, also: [String] = [], _ breaking: @escaping @Sendable (QualityWorld) -> Void) {
            self.code = code
            self.also = also
            self.breaking = breaking
        }
    }

    private static func clear(_ code: String, _ field: String) -> Example {
        Example(code) { $0.cases.set($0.cases.household, field, .null) }
    }

    private static func memberLacks(_ code: String, _ field: String, also: [String] = []) -> Example {
        Example(code, also: also) { $0.cases.set($0.cases.member, field, .null) }
    }

    /// A certificate of the member's own number, of type 4 and grade 1.
    private static let certificate = "\(QualityWorld.oldNumber)41"

    private static func disability(_ fields: [String: Value]) -> @Sendable (QualityWorld) -> Void {
        { world in
            for (field, value) in fields { world.cases.set(world.cases.member, field, value) }
        }
    }

    private static func duplicate(_ code: String, _ rule: DuplicateRecord.Rule) -> Example {
        Example(code) { $0.context.duplicates[$0.cases.member] = [rule] }
    }

    private static let examples: [Example] = [
        Example("Q01", also: ["Q08"]) { $0.cases.set($0.cases.member, "death_date", $0.day(-1)) },
        Example("Q02", also: ["Q12"]) { world in
            world.cases.set(world.cases.household, "head", .null)
            world.cases.set(world.cases.member, "relation", .null)
        },
        Example("Q03") { $0.cases.move(to: Scope("370404101")) },
        clear("Q04", "address"), clear("Q05", "phones"), clear("Q06", "hukou_type"), clear("Q07", "number"),
        Example("Q08") { $0.cases.set($0.cases.household, "population", .int64(4)) },
        clear("Q09", "poverty_causes"),
        memberLacks("Q10", "name", also: ["Q26"]), memberLacks("Q11", "id_number"), memberLacks("Q12", "relation"),
        Example("Q13", also: ["Q01", "Q08"]) {
            $0.cases.set($0.cases.member, "death_date", .date(CalendarDay("1949-12-30")!))
        },
        Example("Q14") {
            $0.member("张小", ["id_number": .text("440524188001010014"), "in_household": .bool(false)])
        },
        Example(
            "Q15",
            disability([
                "disability_certificate": .text(certificate), "disability_type": .text("4"),
                "disability_grade": .text("2"),
            ])),
        Example("Q16") {
            disability([
                "disability_certificate": .text(certificate), "disability_type": .text("4"),
                "disability_grade": .text("1"), "disability_expiry": $0.day(-1),
            ])($0)
        },
        Example("Q17", disability(["disability_type": .text("4")])),
        Example("Q18") { $0.cases.set($0.cases.member, "id_number", .text("370404198001010014")) },
        duplicate("Q19", .onePersonTwice), duplicate("Q20", .twoVillages),
        Example("Q21") { $0.cases.set($0.income, "period", .null) },
        Example("Q22") { $0.cases.set($0.income, "evidence", .null) },
        Example("Q23") {
            $0.cases.set($0.income, "from", $0.day(0))
            $0.cases.set($0.income, "to", $0.day(-1))
        },
        Example("Q24") { $0.add("supporter", ["name": .text("张大")]) },
        Example("Q25") { $0.cases.set($0.account, "number", .text("6222020200112233447")) },
        Example("Q26") { $0.cases.set($0.account, "holder", .text("李四")) },
        Example("Q27") {
            $0.add("attachment", ["record": .text($0.cases.member.description), "kind": .text("photo")])
        },
        Example("Q28") { $0.context.inConflict = [$0.account] },
        Example("Q29") { $0.cases.remove("bank_account") },
        Example("Q30") { $0.add("bank_account", ["number": .text("6222020200112233453"), "holder": .text("张三")]) },
        Example("Q31") { $0.cases.remove("check_report") },
        Example("Q32") { $0.add("dynamic_review", ["due": $0.day(-1)]) },
        Example("Q33") { $0.cases.set($0.visit, "when", .time(Instant("2024-03-01T09:00:00+08:00")!)) },
        Example("Q34") {
            let dead = $0.member(
                "张大",
                [
                    "id_number": .text("440524188001010014"),
                    "death_date": .date(CalendarDay("2026-01-05")!),
                ])
            $0.context.lastPaid[dead] = Month("2026-02")
        },
        Example("Q35") { $0.cases.set($0.visit, "surveyors", .list(["李"])) },
    ]

    @Test func aHouseholdInOrderBreaksNone() { #expect(QualityWorld().broken == []) }

    @Test func eachRuleHasAnExampleThatBreaksItAndLittleElse() {
        for example in Self.examples {
            let world = QualityWorld()
            example.breaking(world)
            #expect(world.broken == ([example.code] + example.also).sorted(), "\(example.code)")
        }
        #expect(Self.examples.map(\.code) == QualityRule.all.map(\.code))
    }

    @Test func codesAreStableAndEachRuleSaysWhereItComesFromAndWhatToDo() throws {
        #expect(QualityRule.all.map(\.code) == (1...35).map { $0 < 10 ? "Q0\($0)" : "Q\($0)" })
        let schema = AssistanceSchema.current
        for rule in QualityRule.all {
            #expect(schema.kind(rule.kind) != nil, "\(rule.code)")
            let texts = [rule.label, rule.source, rule.next].flatMap { [$0.zh, $0.en] }
            #expect(texts.allSatisfy { !$0.isEmpty }, "\(rule.code)")
        }
        #expect(try QualityRule.named("q11").code == "Q11")
        #expect(throws: Problem.self) { try QualityRule.named("Q99") }
    }

    @Test func whatTheRecordsOfAnotherStandForIsNotBrokenTwice() {
        let world = QualityWorld()
        // The same person, entered twice and merged: the second one's gaps are nobody's.
        world.add("member", ["alias_of": .text(world.cases.member.description)])
        #expect(world.broken == [])
        let file = world.file
        #expect(
            file.members.count == 1
                && file.records.contains { $0.kind == "member" && $0.mergedInto(in: memberKind) != nil })
    }

    @Test func aFindingNamesNobodyInFull() throws {
        let world = QualityWorld()
        world.cases.set(world.cases.member, "relation", .null)
        let finding = try #require(QualityRule.named("Q12").findings(in: world.file).first)
        #expect(finding.person == "张*" && finding.village == "370404101201")
    }

    @Test func monthsThatWerePaidBeforeTheDeathAreNoFinding() {
        let world = QualityWorld()
        let dead = world.member(
            "张大", ["id_number": .text("440524188001010014"), "death_date": .date(CalendarDay("2026-01-05")!)])
        world.context.lastPaid[dead] = Month("2026-01")
        #expect(world.broken == [])
    }
}
