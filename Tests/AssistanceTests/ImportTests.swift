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

    @Test func aMappingThatNamesNoSuchFieldIsRefused() {
        let wrong: MappingNode = .map([
            "records": .list([.map(["kind": .scalar("household"), "fields": .map(["colour": .scalar("x")])])])
        ])
        #expect(throws: Problem(.badMapping, "household.colour")) {
            try RosterMapping(wrong, schema: AssistanceSchema.current)
        }
    }
}
