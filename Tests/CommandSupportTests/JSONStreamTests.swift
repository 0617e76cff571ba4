import SyncEngine
import Testing

@testable import CommandSupport

@Suite struct JSONWriterTests {
    @Test func everyControlCharacterIsEscapedAndNothingElse() {
        let text = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
        #expect(
            JSONValue.string(text).compact
                == #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\t\n\u000b\u000c\r\u000e\u000f"#
                + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#)
        #expect(JSONValue.string("/\u{7F}\u{2028}𠮷").compact == "\"/\u{7F}\u{2028}𠮷\"")
    }

    @Test func emptyThingsAndNumbersWithoutAValueAreStillJSON() {
        #expect(JSONValue.object([("a", .array([])), ("b", .object([]))]).compact == #"{"a":[],"b":{}}"#)
        #expect(
            JSONValue.array([.decimal(.nan), .decimal(.infinity), .int(.min)]).compact
                == "[null,null,-9223372036854775808]")
        #expect(JSONValue.seconds(1.23456).compact == "1.235")
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var random = SeededGenerator(seed: 20_261_124)
        for _ in 0..<500 {
            let value = Self.value(depth: 0, &random)
            #expect(try JSONParser.documents(Array(value.compact.utf8)) == [value])
        }
    }

    private static func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .int(Int64.random(in: .min ... .max, using: &random))
        case 3: .string(text(&random))
        case 4: .decimal(Double.random(in: -1e6...1e6, using: &random) + 0.5)
        case 5: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth + 1, &random) })
        default:
            .object(
                (0..<Int.random(in: 0...4, using: &random)).map { index in
                    ("\(index)" + text(&random), value(depth: depth + 1, &random))
                })
        }
    }

    static func text(_ random: inout SeededGenerator) -> String {
        let scalars = "az\"\\/\n\t\u{1}\u{8}é张𠮷\u{2028} ".unicodeScalars.map { $0 }
        return String(
            String.UnicodeScalarView(
                (0..<Int.random(in: 0...8, using: &random)).map { _ in
                    scalars[Int.random(in: 0..<scalars.count, using: &random)]
                }))
    }
}

@Suite struct ConflictTextTests {
    @Test func aUnitsTextIsTheEnginesOwn() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let values: [Value] = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                switch Int.random(in: 0..<7, using: &random) {
                case 0: .null
                case 1: .text(JSONWriterTests.text(&random))
                case 2: .int64(Int64.random(in: .min ... .max, using: &random))
                case 3: .bool(Bool.random(using: &random))
                case 4: .date(CalendarDay(daysSinceEpoch: Int32.random(in: -100_000...100_000, using: &random)))
                case 5:
                    .time(Instant(milliseconds: Int64.random(in: -1_000_000_000...4_000_000_000_000, using: &random)))
                default: .list([JSONWriterTests.text(&random), "b"])
                }
            }
            #expect(JSONValue.text(of: values) == ConflictValue.json(values))
            #expect(JSONValue.parsed(JSONValue.text(of: values)) == JSONValue(unit: values))
        }
    }

    @Test func aTextThatIsNoJSONStaysAText() {
        #expect(JSONValue.parsed("三组") == .string("三组"))
        #expect(JSONValue.parsed("1 2") == .string("1 2"))
        #expect(JSONValue.parsed("") == .string(""))
    }
}

@Suite struct JSONReaderTests {
    private func failure(_ text: String) -> String? {
        do {
            return "\(try JSONParser.documents(Array(text.utf8)))"
        } catch let problem as Problem {
            return problem.code == .badDocument ? problem.explanation?.en : "\(problem)"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("{\"a\":1,\n \"b\" 2}", "JSON, line 2, byte 6: expected :"),
        ("[1,2", "JSON, line 1, byte 5: it ends where , ] is expected"),
        ("{\"a\":1,\"a\":2}", "JSON, line 1, byte 8: the same key twice"),
        ("{\"a\":1,\"\\u0061\":2}", "JSON, line 1, byte 8: the same key twice"),
        ("01", "JSON, line 1, byte 1: a number does not begin with 0"),
        ("-", "JSON, line 1, byte 2: it ends where 0–9 is expected"),
        ("1.", "JSON, line 1, byte 3: it ends where 0–9 is expected"),
        ("1e999", "JSON, line 1, byte 1: the number is too large"),
        ("truefalse", "JSON, line 1, byte 5: this character does not belong here"),
        ("1{}", "JSON, line 1, byte 2: this character does not belong here"),
        ("\"a\nb\"", "JSON, line 1, byte 3: an unescaped control character in a text"),
        ("\"abc", "JSON, line 1, byte 1: the text is not closed with \""),
        ("\"\\ud800x\"", "JSON, line 1, byte 4: half of a surrogate pair"),
        ("\"\\udc00\"", "JSON, line 1, byte 4: half of a surrogate pair"),
        ("\"\\u12g4\"", "JSON, line 1, byte 6: expected 0–9 a–f"),
        ("{} ]", "JSON, line 1, byte 4: expected value"),
    ])
    func aFaultIsToldWithLineByteAndReason(text: String, reason: String) { #expect(failure(text) == reason) }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: Problem.self) { try JSONParser.documents([0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: Problem.self) { try JSONParser.documents([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test func nestingUpToTheLimitIsReadAndNotBeyond() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(try JSONParser.documents(nested(JSONParser.depthLimit)).count == 1)
        #expect(throws: Problem.self) { try JSONParser.documents(nested(JSONParser.depthLimit + 1)) }
    }

    @Test func numbersKeepWhatTheyAre() throws {
        let read = try JSONParser.documents(Array("[-0, 9223372036854775808, 1e2, -1.5E-1]".utf8))
        #expect(read == [.array([.int(0), .decimal(9_223_372_036_854_775_808), .decimal(100), .decimal(-0.15)])])
    }

    @Test func anythingCutShortIsRefusedAndNeverCrashes() throws {
        let whole = Array(#"{"a":[1,-2.5e3,"张\u5f20\ud83d\ude00\n",true,null],"b":{}}"#.utf8)
        #expect(try JSONParser.documents(whole).count == 1)
        for length in 1..<whole.count {
            #expect(throws: Problem.self, "\(length)") { try JSONParser.documents(Array(whole[..<length])) }
        }
        var random = SeededGenerator(seed: 99)
        for _ in 0..<2_000 {
            var bytes = whole
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = try? JSONParser.documents(bytes)
        }
    }
}

@Suite struct DocumentStreamTests {
    private func count(_ text: String) throws -> Int { try DocumentInput.objects(in: Array(text.utf8)).count }

    @Test func linesConcatenationAndAnArrayAreTheSameStream() throws {
        let wanted: [JSONValue] = [.object([("a", .int(1))]), .object([("a", .int(2))])]
        for text in [
            "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}{\"a\":2}", "[{\"a\":1},{\"a\":2}]",
            "\u{FEFF}{\"a\":1}\r\n\r\n{\"a\":2}",
        ] {
            #expect(try DocumentInput.objects(in: Array(text.utf8)) == wanted, "\(text)")
        }
    }

    @Test func nothingIsAnEmptyStream() throws {
        #expect(try count("") == 0)
        #expect(try count(" \n") == 0)
        #expect(try count("[]") == 0)
    }

    @Test(arguments: ["1", "\"a\"", "[{}, 2]", "{} [{}]", "[[{}]]"]) func whatIsNoObjectIsNamed(text: String) {
        let problem = #expect(throws: Problem.self) { try DocumentInput.objects(in: Array(text.utf8)) }
        #expect(problem?.code == .badDocument)
        #expect(problem?.explanation?.en.hasSuffix("is not an object {…}") == true)
    }
}
