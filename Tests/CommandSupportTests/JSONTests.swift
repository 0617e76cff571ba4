import SyncEngine
import Testing

@testable import CommandSupport

@Suite struct JSONTests {
    @Test func keysKeepTheirOrderAndTextsAreEscaped() {
        let value = JSONValue.object([("b", .string("张\"\n\u{1}")), ("a", .array([.int(-5), .null, .bool(true)]))])
        #expect(value.compact == #"{"b":"张\"\n\u0001","a":[-5,null,true]}"#)
    }

    @Test func oneSeveralOrAnArrayOfDocumentsAreRead() throws {
        #expect(try JSONParser.documents(Array(#"{"a":1} {"a":2}"#.utf8)).count == 2)
        #expect(try JSONParser.documents(Array("{\"a\":1}\n{\"a\":2}\n".utf8)).count == 2)
        #expect(try JSONParser.documents(Array(#"["\u5f20\ud83d\ude00"]"#.utf8)) == [.array([.string("张😀")])])
        #expect(try JSONParser.documents([]) == [])
    }

    @Test(arguments: [
        "{", "{\"a\":}", "[1,]", "\"open", "{\"a\" 1}", "nul", "\"\\x\"", "\"\\ud800\"", "+1", "\u{1}", "01x",
    ])
    func whatIsNoJSONIsRefusedWithItsPlace(text: String) {
        #expect(throws: Problem.self) { try JSONParser.documents(Array(text.utf8)) }
    }

    @Test func nestingIsLimited() {
        let deep = String(repeating: "[", count: 10_000)
        #expect(throws: Problem.self) { try JSONParser.documents(Array(deep.utf8)) }
    }

    @Test func wideNumbersAreExact() throws {
        #expect(try JSONParser.documents(Array("9223372036854775807".utf8)) == [.int(.max)])
        #expect(try JSONParser.documents(Array("12.5".utf8)) == [.decimal(12.5)])
    }
}

@Suite struct FieldAssignmentTests {
    private static func field(_ name: String, _ type: ValueType, _ policy: MergePolicy = .humanReview) -> FieldSchema {
        FieldSchema(name, type, policy, .none, Label(zh: name, en: name))
    }

    private let kind = KindSchema(
        "thing", label: Label(zh: "物", en: "Thing"),
        fields: [
            field("name", .text), field("amount_fen", .int64), field("alive", .bool), field("born", .date),
            field("at", .time),
            field("phones", .list, .setUnion), field("owner", .reference),
            FieldSchema("age", .int64, .derived, .none, Label(zh: "年龄", en: "Age"), derivation: { _ in .null }),
        ])

    @Test func theSyntaxOfTheContract() throws {
        #expect(try FieldAssignment.parse("name=a=b", kind: kind) == .set("name", .text("a=b")))
        #expect(try FieldAssignment.parse("name=", kind: kind) == .set("name", .null))
        #expect(try FieldAssignment.parse("phones+=138", kind: kind) == .add("phones", "138"))
        #expect(try FieldAssignment.parse("phones-=138", kind: kind) == .remove("phones", "138"))
        #expect(try FieldAssignment.parse("phones=1，2,3", kind: kind) == .set("phones", .list(["1", "2", "3"])))
        #expect(try FieldAssignment.parse(#"phones=["1"]"#, kind: kind) == .set("phones", .list(["1"])))
        #expect(try FieldAssignment.parse("alive=是", kind: kind) == .set("alive", .bool(true)))
        #expect(try FieldAssignment.parse("amount_fen=-5", kind: kind) == .set("amount_fen", .int64(-5)))
    }

    @Test(arguments: [
        ("nam=1", Problem.Code.unknownField), ("age=3", .derivedField), ("name+=x", .badValue),
        ("amount_fen=1.5", .badValue),
        ("amount_fen=+5", .badValue), ("born=2026-02-30", .badValue), ("at=yesterday", .badValue),
        ("owner=me", .badValue),
        ("name=a\u{7}", .badValue), ("noequals", .badValue), ("=x", .badValue), ("alive=maybe", .badValue),
    ]) func whatDoesNotFitIsRefused(text: String, code: Problem.Code) {
        let problem = #expect(throws: Problem.self) { try FieldAssignment.parse(text, kind: kind) }
        #expect(problem?.code == code)
    }

    @Test func anUnknownFieldSuggestsTheNearest() {
        let problem = #expect(throws: Problem.self) { try FieldAssignment.parse("amunt_fen=1", kind: kind) }
        #expect(problem?.explanation?.en.contains("amount_fen") == true)
    }

    @Test func documentsTakeJSONTypesOnly() throws {
        let object = try #require(
            try JSONParser.documents(Array(#"{"amount_fen":5,"phones":["1"],"name":null}"#.utf8)).first)
        #expect(
            try FieldAssignment.parse(object, kind: kind)
                == [.set("name", .null), .set("amount_fen", .int64(5)), .set("phones", .list(["1"]))],
            "in the schema's order")
        let wrong = JSONValue.object([("amount_fen", .decimal(5.5))])
        #expect(throws: Problem.self) { try FieldAssignment.parse(wrong, kind: kind) }
    }
}

@Suite struct ProblemTextTests {
    @Test(arguments: Problem.Code.allCases) func everyProblemSaysWhatHappenedAndWhatToDo(code: Problem.Code) {
        for label in [code.title, code.hint] { #expect(!label.zh.isEmpty && !label.en.isEmpty) }
        #expect(code.name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (97...122).contains($0) })
        #expect(code.exitCode != .done)
    }

    @Test func numbersAreUnique() {
        #expect(Set(Problem.Code.allCases.map(\.rawValue)).count == Problem.Code.allCases.count)
        #expect(Set(Problem.Code.allCases.map(\.name)).count == Problem.Code.allCases.count)
    }
}

@Suite struct TableTests {
    @Test func chineseTakesTwoColumns() {
        var table = TextTable(["姓名", "n"])
        table.add(["张三丰", "1"])
        table.add(["ab", "22"])
        #expect(table.text == "姓名    n\n张三丰  1\nab      22")
    }
}
