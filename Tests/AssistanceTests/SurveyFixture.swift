import SyncEngine
import Testing

@testable import Assistance

/// A small form with everything in it, and a household with one member and one visit.
struct SurveyFixture {
    static let schema = AssistanceSchema.current
    static let context = RuleContext(today: CalendarDay("2026-11-25")!)
    static let household = RecordID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)
    static let member = RecordID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0002)

    static let document = #"""
        {"form": "household_survey", "version": 2, "title": {"zh": "小表", "en": "Small form"}, "questions": [
          {"id": "visited_on", "text": {"zh": "走访日期", "en": "Date"}, "type": "date", "required": true,
           "field": "visit.when", "default": "today", "fresh": true},
          {"id": "surveyors", "text": {"zh": "调查人", "en": "Surveyors"}, "type": "texts", "required": true,
           "field": "visit.surveyors", "at_least": 2},
          {"id": "address", "text": {"zh": "住址", "en": "Address"}, "type": "text", "required": true,
           "field": "household.address"},
          {"id": "hukou", "text": {"zh": "户口性质", "en": "Registration"}, "type": "choice",
           "field": "household.hukou_type", "show": ["20", "10"]},
          {"id": "land", "text": {"zh": "耕地", "en": "Land"}, "type": "number", "decimals": 2,
           "field": "household.farmland_centimu", "at_least": 0, "at_most": 100},
          {"id": "members", "group": "member", "text": {"zh": "成员", "en": "Members"}, "key": ["id_number", "name"],
           "at_least": 1, "questions": [
             {"id": "name", "text": {"zh": "姓名", "en": "Name"}, "type": "text", "required": true,
              "field": "member.name"},
             {"id": "id_number", "text": {"zh": "身份证号", "en": "Identity number"}, "type": "text",
              "required": true, "field": "member.id_number", "example": "11010519491231002X"},
             {"id": "ill", "text": {"zh": "有没有病", "en": "Ill"}, "type": "yes_no", "default_if_set": "disease"},
             {"id": "disease", "text": {"zh": "疾病", "en": "Disease"}, "type": "text", "required": true,
              "when": {"equals": ["ill", true]}, "field": "member.disease"}]},
          {"id": "head", "text": {"zh": "户主", "en": "Head"}, "type": "member", "required": true,
           "field": "household.head"},
          {"id": "incomes", "group": "income_item", "text": {"zh": "收入", "en": "Incomes"}, "removable": true,
           "questions": [
             {"id": "who", "text": {"zh": "谁", "en": "Who"}, "type": "member", "required": true,
              "field": "income_item.member"},
             {"id": "type", "text": {"zh": "类型", "en": "Type"}, "type": "choice", "required": true,
              "field": "income_item.type"},
             {"id": "period", "text": {"zh": "周期", "en": "Period"}, "type": "choice", "required": true,
              "field": "income_item.period", "choices": [{"code": "month", "zh": "每月", "en": "a month"},
              {"code": "year", "zh": "每年", "en": "a year"}]},
             {"id": "amount", "text": {"zh": "金额", "en": "Amount"}, "type": "money", "required": true,
              "field": "income_item.amount_fen", "at_least": 0}]},
          {"id": "mood", "text": {"zh": "情况", "en": "How it goes"}, "type": "text"}]}
        """#

    static func json(_ text: String) throws -> JSONValue {
        try #require(try JSONParser.documents(Array(text.utf8)).first)
    }

    static func form() throws -> Form {
        let (form, findings) = FormReader.read(try json(document), schema: schema)
        return try #require(form, "\(findings)")
    }

    static func records(last: String = "{}", elsewhere: [String: String] = [:]) throws -> SurveyRecords {
        let (householdKind, memberKind) = (try #require(schema.kind("household")), try #require(schema.kind("member")))
        var root = Record(id: household, kind: householdKind, scope: Scope("370404101201"), seq: 1)
        root.assign(.text("三组 1 号"), to: FieldKey(field: "address"), in: householdKind)
        var person = Record(id: member, kind: memberKind, scope: Scope("370404101201"), seq: 2)
        person.assign(.text(household.description), to: FieldKey(field: "household"), in: memberKind)
        person.assign(.text("张三"), to: FieldKey(field: "name"), in: memberKind)
        person.assign(.text("11010519491231002X"), to: FieldKey(field: "id_number"), in: memberKind)
        return SurveyRecords(
            household: root, rows: ["member": [person]], lastAnswers: Answers(try json(last), of: try form())
        ) { elsewhere[$0] }
    }

    static func session(last: String = "{}", elsewhere: [String: String] = [:]) throws -> SurveySession {
        var next: UInt64 = 0x8000_0000_0000_0100
        return SurveySession(form: try form(), records: try records(last: last, elsewhere: elsewhere), context: context)
        {
            next += 1
            return RecordID(high: 0x0190_0000_0000_7000, low: next)
        }
    }
}

extension SurveySession {
    /// Answers that must be taken.
    mutating func take(_ lines: String...) throws {
        for line in lines {
            let place = position
            let findings = try answer(line)
            #expect(findings.isEmpty, "\(place) “\(line)”: \(findings.map(\.message.en))")
        }
    }

    /// An answer that must be refused: what was said, with the session as it was.
    mutating func refusal(_ line: String) throws -> SurveyFinding {
        let (before, place) = (answers, position)
        let findings = try answer(line)
        let finding = try #require(findings.first, "“\(line)” was taken")
        #expect(answers == before && position == place)
        return finding
    }

    /// A jump that must find its question.
    mutating func go(to text: String, at place: String? = nil) throws {
        let isFound = jump(to: text)
        #expect(isFound && position == place ?? text, "\(text): \(position)")
    }
}
