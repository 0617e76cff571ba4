import Assistance
import CommandSupport
import Foundation
import RecordStore
import SyncEngine
import Testing

@testable import Server

/// A roster at the township: a plan first, which writes nothing, then the plan and nothing else.
@Suite struct RosterImportTests {
    private let world: TestTownship
    private let desk: RosterImportDesk
    private let village = Scope("370404101201")

    private static let map = """
        records:
          - kind: household
            as: household
            key: [number]
            fields: {number: "{户号}", address: "{住址}", population: "{人口}"}
          - kind: member
            when: 户主
            fields: {household: {ref: household}, name: "{户主}", id_number: "{证号}"}
        """

    init() throws {
        world = try TestTownship()
        desk = RosterImportDesk(township: world.township)
    }

    private func plan(_ rows: String..., village: Scope? = nil) throws -> ImportPlan {
        try plan(Array((["户号,住址,人口,户主,证号"] + rows).joined(separator: "\n").utf8), village: village)
    }

    private func plan(_ bytes: [UInt8], village: Scope? = nil) throws -> ImportPlan {
        let mapping = try RosterMapping(
            MappingNode(try YAMLDocument.value(Array(Self.map.utf8))), schema: AssistanceSchema.current)
        return try desk.plan(bytes, mapping: mapping, village: village ?? self.village, act: world.act)
    }

    private func head() throws -> Seq {
        try world.township.database.read { try LogReader($0, tables: world.township.database.tables).head().seq }
    }

    private func households() throws -> [[String]] {
        let tables = world.township.database.tables
        return try world.township.database.read { database in
            try tables.all(of: householdKind, where: [], in: database).map { record in
                ["number", "address"].map { record.value($0, in: householdKind).text ?? "" } + [record.scope.code]
            }.sorted { $0[0] < $1[0] }
        }
    }

    @Test func aPlanWritesNothingAndSaysWhatItWouldMake() throws {
        let before = try head()
        let plan = try plan("1,一组,3,张三,370404198001010014", "2,二组,2,,")
        #expect(try head() == before && households().isEmpty)
        #expect(plan.created.map { "\($0.kind.name) \($0.count)" } == ["household 2", "member 1"])
        #expect(plan.changed.isEmpty && plan.rejected.isEmpty && plan.unchanged == 0 && plan.seq == before)
    }

    @Test func whatIsAppliedIsWhatWasPlannedAndASecondTimeChangesNothing() throws {
        _ = try desk.apply(try plan("1,一组,3,张三,370404198001010014", "2,二组,2,,"), act: world.act)
        #expect(try households() == [["1", "一组", village.code], ["2", "二组", village.code]])
        let again = try plan("1,一组,3,张三,370404198001010014", "2,二组,2,,")
        #expect(again.rows.isEmpty && again.unchanged == 2)
        let seq = try head()
        #expect(try desk.apply(again, act: world.act) == nil)
        #expect(try head() == seq)
    }

    @Test func aChangeSaysItsFieldFromWhatToWhat() throws {
        _ = try desk.apply(try plan("1,一组,3,,", "2,二组,2,,"), act: world.act)
        let plan = try plan("1,三组,3,,", "2,二组,2,,")
        let row = try #require(plan.changed.first)
        #expect(plan.changed.count == 1 && row.line == 2 && plan.unchanged == 1)
        #expect(row.changes.map(\.field.name) == ["address"])
        #expect(row.changes.first?.from == .text("一组") && row.changes.first?.to == .text("三组"))
        _ = try desk.apply(plan, act: world.act)
        #expect(try households() == [["1", "三组", village.code], ["2", "二组", village.code]])
    }

    @Test func badRowsSayLineFieldAndReasonAndStopNothing() throws {
        let plan = try plan(
            "1,一组,3,张三,110105194912310021", "2,二组,三,,", "3,三组", "4,四组,1,,", "4,五组,1,,", "5,五组,-1,,")
        #expect(
            plan.rejected.map { "\($0.line) \($0.field)" } == [
                "2 member.id_number", "3 population", "4 ", "6 number", "7 household.population",
            ])
        #expect(plan.rejected.allSatisfy { !$0.reason.zh.isEmpty })
        #expect(plan.rows.map(\.line) == [5])
    }

    /// Nothing would find it again: the next import would double it.
    @Test func aRowWithoutItsKeyIsNotTakenIn() throws {
        let plan = try plan("1,一组,3,,", ",二组,2,李四,", " ,三组,2,,")
        #expect(plan.rows.map(\.line) == [2])
        #expect(plan.rejected.map(\.line) == [3, 4])
        #expect(plan.rejected.allSatisfy { $0.reason.zh == "缺户编号，没有导入" }, "\(plan.rejected)")
    }

    @Test func whoIsOnRecordAlreadyIsSaidAndPutBeforeAClerkAtOnce() throws {
        let number = "370404198001010014"
        _ = try desk.apply(try plan("201,一组,3,王家庆,\(number)"), act: world.act)
        let plan = try plan("1,二组,2,王加庆,\(number)", "2,二组,2,张三,110105194912310021", "3,三组,1,王家庆,\(number)")
        #expect(
            plan.warnings.map { "\($0.line) \($0.reason.zh)" } == [
                "2 身份证号已登记：201 王家庆", "4 身份证号已登记：201 王家庆", "4 与第 2 行的身份证号相同",
            ])
        #expect(plan.rows.map(\.line) == [2, 4])
        let tables = world.township.database.tables
        func open() throws -> Int {
            try world.township.database.read { try DuplicateReader(tables: tables, database: $0).list().count }
        }
        #expect(try open() == 0)
        _ = try desk.apply(plan, act: world.act)
        #expect(try open() == 3)
    }

    private func usual(_ rows: String...) throws -> ImportPlan {
        let columns = try #require(UsualColumns(["户编号", "户主", "身份证号"]))
        return try desk.plan(
            Array((["户编号,户主,身份证号"] + rows).joined(separator: "\n").utf8),
            mapping: try RosterMapping(columns.mapping, schema: AssistanceSchema.current), village: village,
            act: world.act)
    }

    /// He was dropped, and not a word was said.
    @Test func theHeadOfAHouseholdThatHasNoneIsMade() throws {
        _ = try desk.apply(try plan("1,一组,3,,"), act: world.act)
        let plan = try usual("1,赵六,370404198001010014")
        #expect(plan.created.map { "\($0.kind.name) \($0.count)" } == ["member 1"] && plan.unchanged == 0)
        _ = try desk.apply(plan, act: world.act)
        let again = try usual("1,赵六,370404198001010014")
        #expect(again.rows.isEmpty && again.unchanged == 1 && again.warnings.isEmpty)
    }

    @Test func aHeadWhoDiffersIsSaidAndStays() throws {
        _ = try desk.apply(try usual("1,王五,"), act: world.act)
        let plan = try usual("1,赵六,370404198001010014")
        #expect(plan.rows.isEmpty && plan.unchanged == 1)
        #expect(plan.warnings.map(\.reason.zh) == ["名册上的户主是赵六，已登记的户主是王五；没有改动"])
    }

    @Test func whoseMoneyWillBeHeldIsSaid() throws {
        _ = try desk.apply(try plan("201,一组,3,王家庆,370404198001010014"), act: world.act)
        let home = try world.township.database.read { database in
            try world.township.database.tables.all(of: householdKind, where: [], in: database).first?.id
        }
        try world.add(
            "application", [("household", .text(try #require(home).description)), ("programme", .text("dibao"))])
        let plan = try plan("1,二组,2,王加庆,370404198001010014")
        #expect(plan.warnings.map(\.reason.zh) == ["身份证号已登记：201 王家庆；核清以前，该户的救助金暂缓发放"])
    }

    /// A roster moved members, and accounts with them, into another household.
    @Test func whoIsKnownStaysWhereHeIs() throws {
        _ = try desk.apply(try plan("1,一组,3,张三,", "2,二组,2,,"), act: world.act)
        let other = try world.township.database.read { database in
            try world.township.database.tables.all(
                of: householdKind, where: [("number", .text("2"))], in: database
            ).first?.id
        }
        let map = """
            records:
              - kind: member
                key: [name]
                fields: {name: "{姓名}", household: "{户}", education: "{学历}"}
            """
        let mapping = try RosterMapping(
            MappingNode(try YAMLDocument.value(Array(map.utf8))), schema: AssistanceSchema.current)
        func people(_ row: String) throws -> ImportPlan {
            try desk.plan(Array("姓名,户,学历\n\(row)".utf8), mapping: mapping, act: world.act)
        }
        let moved = try people("张三,\(try #require(other)),小学")
        #expect(moved.rows.isEmpty && moved.rejected.map(\.field) == ["member.household"], "\(moved.rejected)")
        #expect(try people("张三,,小学").changed.count == 1)
    }

    @Test func aRosterOfTooManyRecordsIsRefusedBeforeItIsWorkedOut() throws {
        let map =
            "records: ["
            + Array(
                repeating: "{kind: member, repeat: 50, fields: {name: '{n}'}}", count: Limits.mappingBlocks
            ).joined(separator: ",") + "]"
        let mapping = try RosterMapping(
            MappingNode(try YAMLDocument.value(Array(map.utf8))), schema: AssistanceSchema.current)
        let rows = Array(("n\n" + (1...100).map(String.init).joined(separator: "\n")).utf8)
        let problem = #expect(throws: Problem.self) { try desk.plan(rows, mapping: mapping, act: world.act) }
        #expect(problem?.explanation?.zh.contains("\(Limits.rosterRecords)") == true)
    }

    @Test func aPlanEndsWithTheServer() throws {
        let interruption = Interruption()
        interruption.end()
        #expect(throws: Problem(.busy)) {
            try Interruption.$current.withValue(interruption) { try plan("1,一组,3,,") }
        }
    }

    /// Numbers repeat from village to village.
    @Test func aNumberOfAnotherVillageIsAnotherHousehold() throws {
        _ = try desk.apply(try plan("1,一组,3,,"), act: world.act)
        let other = try plan("1,一组,3,,", village: Scope("370404101202"))
        #expect(other.rows.first?.isNew == true)
        #expect(throws: Problem.self) { try plan("1,一组,3,,", village: Scope("370404102201")) }
    }

    @Test func aPlanThatSomebodyOvertookIsRefusedAndSaysWhatChanged() throws {
        _ = try desk.apply(try plan("1,一组,3,,", "2,二组,2,,"), act: world.act)
        let plan = try plan("1,三组,3,,", "2,四组,2,,", "3,三组,1,,")
        let first = try #require(plan.rows.first?.record)
        let draft = Draft(kind: householdKind, record: first, operation: .edit, writes: [.set("address", .text("九组"))])
        _ = try CaseDesk(township: world.township).add(draft, act: world.act)
        try world.add("household", [("village", .text(village.code)), ("number", .text("3"))])
        let before = try head()
        let problem = #expect(throws: Problem.self) { try desk.apply(plan, act: world.act) }
        #expect(problem?.explanation?.zh.contains("住址在此期间由 一组 改为 九组") == true, "\(String(describing: problem))")
        #expect(problem?.explanation?.zh.contains("第 4 行：住户已由别人登记") == true)
        #expect(try head() == before)
    }

    @Test func aLongRosterIsSetsThatStayBelowTheLimit() throws {
        let rows = (1...700).map { "\($0),一组,1,张\($0)," }
        let plan = try plan(Array((["户号,住址,人口,户主,证号"] + rows).joined(separator: "\r\n").utf8))
        let sets = RosterImportDesk.sets(of: plan.rows)
        #expect(sets.count == 3 && sets.allSatisfy { $0.reduce(0) { $0 + $1.size } <= Limits.rosterChangesPerSet })
        let before = try head()
        #expect(try desk.apply(plan, act: world.act) == before + 3)
        #expect(try households().count == 700)
    }

    @Test func whatSpreadsheetsSaveInChinaIsRead() throws {
        let gbk: [UInt8] =
            Array("户号,住址,人口,户主,证号\r\n1,".utf8.prefix(0))
            + [
                0xBB, 0xA7, 0xBA, 0xC5, 0x2C, 0xD7, 0xA1, 0xD6, 0xB7, 0x2C, 0xC8, 0xCB, 0xBF, 0xDA, 0x2C, 0xBB, 0xA7,
                0xD6, 0xF7,
            ]
            + [
                0x2C, 0xD6, 0xA4, 0xBA, 0xC5, 0x0D, 0x0A, 0x31, 0x2C, 0xD2, 0xBB, 0xD7, 0xE9, 0x2C, 0x33, 0x2C, 0x2C,
                0x0D, 0x0A,
            ]
        let plan = try plan(gbk)
        #expect(plan.encoding == .gb18030 && plan.rejected.isEmpty)
        _ = try desk.apply(plan, act: world.act)
        #expect(try households() == [["1", "一组", village.code]])
        for wrong: [UInt8] in [
            [0x50, 0x4B, 3, 4, 0], [0xD0, 0xCF, 0x11, 0xE0], [0xFF, 0xFF, 0x80], [0x31, 0, 0x32], Array("a\n\"b".utf8),
            [],
            Array(("户号\n" + String(repeating: "长", count: 30_000)).utf8),
            [UInt8](repeating: 0x31, count: Limits.rosterBytes + 1),
        ] {
            #expect(throws: Problem.self) { try self.plan(wrong) }
        }
    }
}
