import SyncEngine
import Testing

@testable import Assistance

@Suite struct CSVTests {
    @Test func quotesLineEndsAndMarksAreUnderstood() throws {
        let table = try CSVTable(
            [0xEF, 0xBB, 0xBF] + Array("a,b\r\n\"x,1\",\"he said \"\"hi\"\"\nthere\"\n\n3,\r\n".utf8))
        #expect(table.header == ["a", "b"])
        #expect(table.rows.map(\.fields) == [["x,1", "he said \"hi\"\nthere"], ["3", ""]])
        #expect(table.rows.map(\.line) == [2, 5])
    }

    @Test func anOpenQuoteIsRefused() {
        #expect(throws: Problem.self) { try CSVTable(Array("a\n\"open".utf8)) }
    }

    @Test func aRowOfAnotherLengthIsNotGuessed() throws {
        let table = try CSVTable(Array("a,b\n1\n".utf8))
        #expect(table.fields(of: table.rows[0]) == nil)
    }
}

@Suite struct MappingTests {
    private func mapping() throws -> RosterMapping {
        let household: MappingNode = .map([
            "kind": .scalar("household"), "as": .scalar("household"), "key": .list([.scalar("number")]),
            "fields": .map([
                "number": .scalar("{n}"), "address": .scalar("第{n}户"),
                "tenure": .map(["lookup": .scalar("t"), "in": .map(["1": .scalar("自有")])]),
                "annual_income_fen": .map(["amount": .scalar("i"), "times": .scalar("f"), "divide": .scalar("10000")]),
            ]),
        ])
        let member: MappingNode = .map([
            "kind": .scalar("member"), "as": .scalar("person"), "repeat": .scalar("p"),
            "fields": .map(["household": .map(["ref": .scalar("household")]), "name": .scalar("{name}")]),
        ])
        let vehicle: MappingNode = .map([
            "kind": .scalar("property_item"), "when": .scalar("v"),
            "fields": .map(["household": .map(["ref": .scalar("household")])]),
        ])
        return try RosterMapping(
            .map(["records": .list([household, member, vehicle])]), schema: AssistanceSchema.current)
    }

    private func value(_ draft: RosterMapping.Draft, _ field: String) -> Value? {
        guard case .value(let value)? = draft.fields.first(where: { $0.name == field })?.value else { return nil }
        return value
    }

    @Test func aRowBecomesAHouseholdItsMembersAndItsCar() throws {
        let row = ["n": "7", "t": "1", "i": "8004", "f": "1098342", "p": "3", "v": "1"]
        let drafts = try mapping().drafts(of: row)
        #expect(drafts.map(\.kind.name) == ["household", "member", "member", "member", "property_item"])
        #expect(drafts.map(\.alias) == ["household", "person1", "person2", "person3", nil])
        #expect(value(drafts[0], "address") == .text("第7户"))
        #expect(value(drafts[0], "tenure") == .text("自有"))
        // 8004 × 1.098342 = 8791.129368 dollars, in hundredths, rounded once.
        #expect(value(drafts[0], "annual_income_fen") == .int64(879_113))
        #expect(
            try mapping().drafts(of: row).compactMap { value($0, "name") } == drafts.compactMap { value($0, "name") })
    }

    @Test func thePeopleOfARowAreCalledDifferently() throws {
        for number in 1...20 {
            let row = ["n": "\(number)", "t": "1", "i": "1", "f": "1", "p": "5", "v": ""]
            let names = try mapping().drafts(of: row).compactMap { value($0, "name")?.text }
            #expect(Set(names).count >= 4, "\(names)")
            #expect(Set(names.map { $0.prefix(1) }).count == 1, "one family")
        }
    }

    @Test(arguments: [(["t": "9"], "tenure"), (["p": "many"], "p"), (["p": "51"], "p"), (["i": "12.5"], "i")])
    func aBadRowNamesItsField(change: [String: String], field: String) throws {
        let row = ["n": "7", "t": "1", "i": "1", "f": "1", "p": "1", "v": ""].merging(change) { $1 }
        let error = #expect(throws: RosterMapping.RowError.self) { try mapping().drafts(of: row) }
        #expect(error?.field == field)
    }

    @Test func aLossCountsAsNothingAndRoundingIsHalfUp() throws {
        #expect(try RosterMapping.amount(-5, 1, 1, field: "") == 0)
        #expect(try RosterMapping.amount(5, 1, 10, field: "") == 1)
        #expect(try RosterMapping.amount(4, 1, 10, field: "") == 0)
        #expect(throws: RosterMapping.RowError.self) { try RosterMapping.amount(.max, 2, 1, field: "") }
    }

    /// Nothing is filled in beyond what a field may hold, nor a row beyond what it may come to: a mapping is the caller's.
    @Test(arguments: [(1, 100), (3_000, 1)])
    func aTemplateThatSwellsMakesABadRow(references: Int, blocks: Int) throws {
        let swelling = String(repeating: "{c}", count: references)
        let block: MappingNode = .map(["kind": .scalar("note"), "fields": .map(["text": .scalar(swelling)])])
        let mapping = try RosterMapping(
            .map(["records": .list(Array(repeating: block, count: blocks))]), schema: AssistanceSchema.current)
        let row = ["c": String(repeating: "长", count: 20_000)]
        #expect(throws: RosterMapping.RowError.self) { try mapping.drafts(of: row) }
    }

    @Test func aMappingThatNamesNoSuchFieldIsRefused() {
        let wrong: MappingNode = .map([
            "records": .list([.map(["kind": .scalar("household"), "fields": .map(["colour": .scalar("x")])])])
        ])
        #expect(throws: Problem(.badMapping, "household.colour")) {
            try RosterMapping(wrong, schema: AssistanceSchema.current)
        }
    }
}

/// A roster brings the facts of households and nothing else.
@Suite struct RosterKindsTests {
    private func mapping(_ kind: String, _ field: String) throws -> RosterMapping {
        try RosterMapping(
            .map([
                "records": .list([
                    .map(["kind": .scalar(kind), "fields": .map([field: .scalar("{x}")])])
                ])
            ]), schema: AssistanceSchema.current)
    }

    @Test func whatAnOfficeDecidesOrPaysIsNothingARosterBrings() throws {
        let allowed: Set = [
            "household", "member", "income_item", "expense_item", "property_item", "supporter", "bank_account", "note",
        ]
        for kind in AssistanceSchema.current.kinds {
            guard let field = kind.fields.first(where: { !$0.isDeskOnly && $0.name != "alias_of" }) ?? kind.fields.first
            else { continue }
            let result = Result { try mapping(kind.name, field.name) }
            let isTaken = (try? result.get()) != nil
            #expect(isTaken == allowed.contains(kind.name), "\(kind.name)")
        }
    }

    @Test(arguments: ["household", "member"]) func nothingIsMergedByARoster(kind: String) {
        let problem = #expect(throws: Problem.self) { try mapping(kind, "alias_of") }
        #expect(problem?.code == .badMapping && problem?.explanation != nil)
    }

    @Test func aMappingOfTooManyBlocksIsRefused() {
        let block = MappingNode.map(["kind": .scalar("household"), "fields": .map(["number": .scalar("{x}")])])
        #expect(throws: Problem.self) {
            try RosterMapping(
                .map(["records": .list(Array(repeating: block, count: Limits.mappingBlocks + 1))]),
                schema: AssistanceSchema.current)
        }
    }

    @Test func howManyRecordsARowComesToIsKnownBeforeTheyAreMade() throws {
        let mapping = try RosterMapping(
            .map([
                "records": .list([
                    .map(["kind": .scalar("household"), "fields": .map(["number": .scalar("{x}")])]),
                    .map(["kind": .scalar("member"), "repeat": .scalar("n"), "fields": .map(["name": .scalar("{x}")])]),
                    .map(["kind": .scalar("note"), "when": .scalar("x"), "fields": .map(["text": .scalar("{x}")])]),
                ])
            ]), schema: AssistanceSchema.current)
        for row in [["x": "1", "n": "7"], ["x": "", "n": "0"], ["x": "2", "n": "50"]] {
            #expect(try mapping.count(of: row) == mapping.drafts(of: row).count)
        }
        #expect(mapping.count(of: ["x": "1", "n": "9223372036854775807"]) == 2)
    }
}

/// Columns are known by the names that offices give them, so that nobody has to write a mapping.
@Suite struct UsualColumnsTests {
    private func uses(_ header: [String]) -> [String]? {
        UsualColumns(header)?.uses.map { "\($0.column)>\($0.kind.name).\($0.field.name)" }
    }

    @Test func columnsAreKnownByTheirUsualNames() {
        #expect(
            uses(["村居代码", "户 编号", "家庭住址", "联系电话", "户主姓名", "身份证号码", "家庭人口"]) == [
                "村居代码>household.village", "户 编号>household.number", "家庭住址>household.address",
                "联系电话>household.phones", "户主姓名>member.name", "身份证号码>member.id_number",
                "家庭人口>household.population",
            ])
        #expect(uses(["Number", "Address"]) == ["Number>household.number", "Address>household.address"])
    }

    @Test func whatIsNotKnownIsSaidAndASecondColumnOfAFieldIsNotTaken() {
        let columns = UsualColumns(["户号", "序号", "户编号", "姓名", "name", "{x}"])
        #expect(columns?.uses.map(\.column) == ["户号", "姓名"])
        #expect(columns?.unused == ["序号", "户编号", "name", "{x}"])
    }

    @Test func withoutAHouseholdsNumberThereIsNoMapping() {
        #expect(UsualColumns(["姓名", "身份证号", "住址"]) == nil)
    }

    @Test func aRowBecomesAHouseholdWithItsHead() throws {
        let columns = try #require(UsualColumns(["户编号", "住址", "户主", "身份证号"]))
        let mapping = try RosterMapping(columns.mapping, schema: AssistanceSchema.current)
        let drafts = try mapping.drafts(of: ["户编号": "7", "住址": "一组", "户主": "张三", "身份证号": "11010519491231002X"])
        #expect(drafts.map(\.kind.name) == ["household", "member"])
        #expect(drafts[0].key == ["number"] && drafts[0].value("address") == .text("一组"))
        #expect(drafts[1].value("name") == .text("张三") && drafts[1].value("relation") == .text("02"))
        #expect(try mapping.drafts(of: ["户编号": "8", "住址": "", "户主": "", "身份证号": ""]).count == 1)
    }
}
