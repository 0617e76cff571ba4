import SyncEngine
import Testing

@testable import Assistance

/// A form is data, read strictly.
@Suite struct FormTests {
    private func places(_ changed: (String) -> String) throws -> [String] {
        let json = try SurveyFixture.json(changed(SurveyFixture.document))
        let (form, findings) = FormReader.read(json, schema: SurveyFixture.schema)
        #expect((form == nil) == !findings.isEmpty)
        return findings.map(\.place)
    }

    @Test func theUniformSurveyIsValidAndAsksWhatTheTownshipMustKnow() throws {
        let form = try UniformSurvey.form(schema: AssistanceSchema.current)
        #expect(form.name == UniformSurvey.name && form.version == 1)
        let kinds = form.items.compactMap { item -> String? in
            if case .group(let group) = item { group.kind.name } else { nil }
        }
        #expect(kinds == ["member", "income_item", "expense_item", "property_item"])
        #expect(form.question("surveyors")?.question.atLeast == 2)
        #expect(form.question("poverty_causes")?.question.isRequired == true)
        #expect(form.question("disability_grade")?.question.when == .equals("disabled", .bool(true)))
        #expect(UniformSurvey.text.utf8.count < Limits.textBytes)
    }

    @Test func theFixtureIsValid() throws { #expect(try places { $0 } == []) }

    @Test(arguments: [
        (#""type": "date""#, #""type": "day""#, "questions/1/type"),
        (#""required": true,"#, #""requierd": true,"#, "questions/1/requierd"),
        (#""household.address""#, #""household.adress""#, "questions/3/field"),
        (#""household.address""#, #""household.rooms""#, "questions/3/field"),
        (#""household.address""#, #""member.name""#, "questions/3/field"),
        (#""member.name""#, #""member.sex""#, "questions/6/questions/1/field"),
        (#""equals": ["ill", true]"#, #""equals": ["head", "x"]"#, "questions/6/questions/4/when/equals"),
        (#""equals": ["ill", true]"#, #""eval": "x""#, "questions/6/questions/4/when"),
        (#""group": "member""#, #""group": "note""#, "questions/6/group"),
        (#""id": "land""#, #""id": "address""#, "questions/5/id"),
        (#""version": 2"#, #""version": 0"#, "version"),
        (#""show": ["20", "10"]"#, #""show": ["20", "77"]"#, "questions/4/show"),
    ]) func aMistakeIsNamedWhereItIs(old: String, new: String, place: String) throws {
        #expect(try places { $0.replacing(old, with: new, maxReplacements: 1) }.contains(place))
    }

    @Test func aConditionIsTotal() {
        let answers: [String: Value] = ["a": .int64(3), "b": .text("x"), "c": .list(["1", "2"])]
        func holds(_ condition: Condition) -> Bool { condition.holds { answers[$0] ?? .null } }
        #expect(holds(.greater("a", 2)) && !holds(.greater("a", 3)) && !holds(.greater("b", 0)))
        #expect(holds(.isIn("b", [.text("y"), .text("x")])) && holds(.equals("c", .text("2"))))
        #expect(!holds(.equals("nothing", .null)) && !holds(.answered("nothing")))
        #expect(holds(.all([])) && !holds(.any([])))
        #expect(holds(.all([.answered("a"), .not(.equals("b", .text("z")))])))
    }
}
