import SyncEngine
import Testing

@testable import CommandSupport

@Suite struct TypedValueTests {
    private func parse(_ text: String, _ field: String) throws -> Value {
        try Value.parse(text: text, for: Sample.named(field))
    }

    @Test(
        arguments: [
            ("name", " 张 三\n", Value.text(" 张 三\n")), ("amount_fen", "0012", .int64(12)),
            ("amount_fen", "-9223372036854775808", .int64(.min)), ("alive", "是", .bool(true)),
            ("alive", "否", .bool(false)),
            ("alive", "YES", .bool(true)), ("alive", "no", .bool(false)), ("alive", "1", .bool(true)),
            ("alive", "0", .bool(false)), ("alive", "true", .bool(true)), ("alive", "False", .bool(false)),
            ("born", "2024-02-29", .date(CalendarDay(year: 2024, month: 2, day: 29)!)),
            ("at", "2026-11-24T01:30:15Z", .time(Sample.time)), ("at", "2026-11-24T09:30:15+08:00", .time(Sample.time)),
            ("at", "1970-01-02", .time(Instant(milliseconds: 57_600_000))),
            ("phones", "1, 2，3、4 ,", .list(["1", "2", "3", "4"])), ("phones", "　１　", .list(["１"])),
            ("phones", #" ["a,b", "c"] "#, .list(["a,b", "c"])), ("phones", ",", .list([])),
            ("owner", "01890000-0000-7000-8000-0000000000AA", .text("01890000-0000-7000-8000-0000000000aa")),
        ] as [(String, String, Value)])
    func whatPeopleTypeIsUnderstood(field: String, text: String, value: Value) throws {
        #expect(try parse(text, field) == value)
    }

    @Test(arguments: [
        ("amount_fen", "1.5"), ("amount_fen", "1e3"), ("amount_fen", "1,000"), ("amount_fen", "-"),
        ("amount_fen", "１２"), ("amount_fen", "0x10"), ("amount_fen", " 1"), ("amount_fen", "9223372036854775808"),
        ("alive", "maybe"), ("born", "2025-02-29"), ("born", "2025-2-3"), ("born", "20250203"), ("born", "2025/02/03"),
        ("at", "2026-11-24T09:30:15"), ("at", "2026-11-24 25:00:00Z"), ("at", "2026-11-24T09:30:15+0800"),
        ("owner", "01890000"), ("name", "a\u{1B}[2J"), ("name", "a\rb"), ("name", "a\u{85}"), ("name", "\u{7F}"),
        ("phones", "1,\u{0},2"), ("phones", "[1]"), ("phones", "[\"a\""), ("phones", "[\"\"]"), ("phones", "[] []"),
    ])
    func whatDoesNotFitIsABadValueThatSaysWhatItTakes(field: String, text: String) {
        let problem = #expect(throws: Problem.self) { try parse(text, field) }
        #expect(problem?.code == .badValue)
        #expect(problem?.subject == field)
        #expect(problem?.explanation?.en.hasPrefix("\(Sample.named(field).label.en) takes ") == true)
        #expect(problem?.explanation?.zh.contains("要填") == true)
    }

    @Test func moneyIsExplainedInFen() {
        let problem = #expect(throws: Problem.self) { try parse("12.50", "amount_fen") }
        #expect(problem?.explanation?.zh == "“金额（分）”要填整数，不带小数点、逗号和单位；金额以分为单位，12.50 元写 1250")
    }

    @Test func sizesAreLimited() throws {
        let longest = String(repeating: "a", count: Limits.textBytes)
        #expect(try parse(longest, "name") == .text(longest))
        let most = Array(repeating: "a", count: Limits.listElements).joined(separator: ",")
        #expect(try parse(most, "photos").elements.count == Limits.listElements)
        for (field, text) in [("name", longest + "a"), ("photos", most + ",a"), ("photos", longest + "a")] {
            let problem = #expect(throws: Problem.self) { try parse(text, field) }
            #expect(problem?.code == .setTooLarge)
        }
    }
}

@Suite struct JSONFieldValueTests {
    @Test(arguments: [
        ("amount_fen", "\"5\""), ("amount_fen", "5.0"), ("amount_fen", "5e0"), ("amount_fen", "9223372036854775808"),
        ("alive", "\"true\""), ("alive", "1"), ("name", "5"), ("name", "{}"), ("born", "20260101"), ("phones", "\"1\""),
        ("phones", "[1]"), ("phones", "[\"\"]"), ("phones", "[null]"), ("owner", "\"me\""), ("at", "\"noon\""),
        ("name", "\"\\u0007\""),
    ])
    func noTypeIsTakenForAnother(field: String, json: String) throws {
        let document = try #require(try JSONParser.documents(Array(json.utf8)).first)
        let problem = #expect(throws: Problem.self) { try Value.parse(json: document, for: Sample.named(field)) }
        #expect(problem?.code == .badValue)
    }

    @Test func aNumberWithAFractionIsToldApart() throws {
        let problem = #expect(throws: Problem.self) {
            try Value.parse(json: .decimal(5.5), for: Sample.named("amount_fen"))
        }
        #expect(problem?.explanation?.en.contains("a whole number without point") == true)
    }

    @Test func valuesAreReadAsTheyAreWritten() throws {
        let values: [(String, Value)] = [
            ("name", .text("张\"三\"")), ("amount_fen", .int64(-5)), ("alive", .bool(false)), ("at", .time(Sample.time)),
            ("born", .date(Sample.time.day)), ("phones", .list(["1", "2"])), ("owner", .text(Sample.id.description)),
            ("name", .null),
        ]
        for (field, value) in values {
            #expect(try Value.parse(json: JSONValue(value), for: Sample.named(field)) == value)
        }
    }
}

@Suite struct AssignmentRefusalTests {
    private func code(_ text: String, isDesk: Bool = false, kind: KindSchema = Sample.kind) -> Problem.Code? {
        #expect(throws: Problem.self) { try FieldAssignment.parse(text, kind: kind, isDesk: isDesk) }?.code
    }

    @Test func whatAStationMayNotWriteIsRefusedBeforeItsValueIsRead() throws {
        #expect(code("initial=x") == .derivedField)
        #expect(code("alias_of=") == .deskOnly)
        #expect(code("remark=x") == .deskOnly)
        #expect(code("state=open", kind: ConflictRecord.kind) == .systemKind)
        #expect(code("initial=x", isDesk: true) == .derivedField)
        #expect(try FieldAssignment.parse("alias_of=", kind: Sample.kind, isDesk: true) == .set("alias_of", .null))
        #expect(try FieldAssignment.parse("remark=x", kind: Sample.kind, isDesk: true) == .set("remark", .text("x")))
    }

    @Test(arguments: ["photos+=a", "name-=a", "phones+=", "phones+=a,b", "phones-=[]", "phones", "=", "number＝1"])
    func whatIsNoAssignmentIsABadValue(text: String) { #expect(code(text) == .badValue) }

    @Test(arguments: [
        ("amuont_fen=1", "did you mean amount_fen?"), ("Name=1", "did you mean name?"), ("姓名=1", "did you mean name?"),
        ("amount (fen)=1", "did you mean amount_fen?"), ("colour=red", "there are: number, name,"),
        ("x=1", "there are: number, name,"),
    ])
    func anUnknownFieldNamesTheNearestOrAll(text: String, said: String) {
        let problem = #expect(throws: Problem.self) { try FieldAssignment.parse(text, kind: Sample.kind) }
        #expect(problem?.code == .unknownField)
        #expect(problem?.explanation?.en.contains(said) == true, "\(problem?.explanation?.en ?? "")")
        #expect(problem?.explanation?.en.contains("initial") == false)
    }

    @Test func anUnknownKindNamesTheNearestOrAll() throws {
        let schema = Schema(version: 1, kinds: [Sample.kind])
        #expect(try schema.known(kind: "thing").name == "thing")
        let near = #expect(throws: Problem.self) { try schema.known(kind: "thign") }
        #expect(near?.explanation?.zh == "没有这种记录，是不是 thing？")
        let far = #expect(throws: Problem.self) { try schema.known(kind: "castle") }
        #expect(far?.explanation?.zh == "没有这种记录，可用：thing")
        #expect(far?.code == .unknownKind)
    }

    @Test func documentsClearWithNullAndComeInTheOrderOfTheSchema() throws {
        let fields = JSONValue.object([("phones", .array([])), ("name", .string("")), ("born", .null)])
        #expect(
            try FieldAssignment.parse(fields, kind: Sample.kind)
                == [.set("name", .null), .set("born", .null), .set("phones", .null)])
        #expect(throws: Problem.self) { try FieldAssignment.parse(.array([]), kind: Sample.kind) }
        #expect(throws: Problem.self) {
            try FieldAssignment.parse(.object([("initial", .string("x"))]), kind: Sample.kind)
        }
    }
}

@Suite struct RuleTests {
    private let context = RuleContext(today: Sample.time.day)

    @Test func anErrorRefusesAndAWarningIsHandedBack() throws {
        let problem = #expect(throws: Problem.self) {
            try FieldAssignment.validate(.int64(-1), field: Sample.named("amount_fen"), context: context)
        }
        #expect(problem == Problem(.badValue, "amount_fen", explanation: Label(zh: "不能小于 0", en: "Not below 0")))
        #expect(try FieldAssignment.validate(.int64(1), field: Sample.named("amount_fen"), context: context).isEmpty)
        let warned = try FieldAssignment.validate(
            .list(["1", "13812345678", "2"]), field: Sample.named("phones"), context: context)
        #expect(warned.map(\.message.zh) == ["号码不是 11 位", "号码不是 11 位"])
    }

    @Test func whatIsClearedOrRemovedIsNotJudged() throws {
        for write in [FieldWrite.set("amount_fen", .null), .remove("phones", "1")] {
            #expect(try FieldAssignment.validate(write, kind: Sample.kind, context: context).isEmpty)
        }
        #expect(try FieldAssignment.validate(.add("phones", "1"), kind: Sample.kind, context: context).count == 1)
        #expect(throws: Problem.self) {
            try FieldAssignment.validate(.set("amount_fen", .text("1")), kind: Sample.kind, context: context)
        }
        #expect(throws: Problem.self) {
            try FieldAssignment.validate(.set("none", .null), kind: Sample.kind, context: context)
        }
    }
}
