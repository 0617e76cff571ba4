import SyncEngine
import Testing

@testable import Assistance

/// One question at a time: what comes next, what stands, what is refused.
@Suite struct SurveyTests {
    @Test func enterKeepsWhatStandsAndTheVisitChangesOnlyWhatIsDifferent() throws {
        var session = try SurveyFixture.session(last: #"{"surveyors": ["王秀英", "李建国"], "mood": "还好"}"#)
        #expect(session.position == "visited_on")
        try session.take("", "", "三组 2 号", "", "", "", "", "n", "", "1", "", "")
        #expect(session.position == SurveySession.end)
        #expect(try session.findings() == [])
        #expect(session.complete.values["mood"] == .text("还好"), "the last visit's answer stands")
        let drafts = session.drafts(
            schema: SurveyFixture.schema, visit: SurveyFixture.member, startedAt: Instant(milliseconds: 0),
            files: .init())
        #expect(drafts.map(\.kind.name) == ["visit", "household", "member"])
        #expect(drafts[1].writes.contains(.set("address", .text("三组 2 号"))))
        #expect(drafts[1].writes.contains(.set("surveyed_on", .date(SurveyFixture.context.today))))
        #expect(drafts[2].operation == .edit && drafts[2].record == SurveyFixture.member)
    }

    @Test func aQuestionThatIsRuledOutIsNotAskedAndWritesNothing() throws {
        var session = try SurveyFixture.session()
        try session.go(to: "members/1/ill")
        #expect(!session.steps.contains { $0.place == "members/1/disease" })
        try session.take("y")
        #expect(session.position == "members/1/disease")
        try session.take("高血压")
        try session.go(to: "members/1/ill")
        try session.take("n")
        #expect(session.position == "members/+")
        let drafts = session.drafts(
            schema: SurveyFixture.schema, visit: SurveyFixture.household, startedAt: Instant(milliseconds: 0),
            files: .init())
        let writes = try #require(drafts.first { $0.kind.name == "member" }?.writes)
        #expect(!writes.contains { $0.field == "disease" })
    }

    @Test func backAndJumpForgetNothing() throws {
        var session = try SurveyFixture.session()
        try session.take("2026-11-20", "王秀英、李建国", "三组 9 号")
        session.back()
        #expect(session.position == "address")
        session.back()
        #expect(session.position == "surveyors")
        try session.go(to: "耕地", at: "land")
        try session.go(to: "hkxz", at: "hukou")
        try session.go(to: "张三", at: "members/1/name")
        try session.go(to: "HEAD", at: "head")
        let isFound = session.jump(to: "没有这样的题")
        #expect(!isFound && session.position == "head")
        #expect(session.answers.values["address"] == .text("三组 9 号"))
        #expect(session.progress.step == 10 && session.progress.of == session.steps.count)
    }

    @Test func aClearedAnswerIsClearedAndAClearedRowIsTakenAway() throws {
        var session = try SurveyFixture.session()
        try session.go(to: "address")
        let needed = try session.refusal("-")
        #expect(needed.place == "address", "needed")
        try session.go(to: "land")
        try session.take("-")
        #expect(session.answers.values["land"] == .null)
        try session.go(to: "incomes/+")
        try session.take("y", "张三", "10", "每月", "100", "n")
        try session.go(to: "incomes/1/who")
        try session.take("-")
        #expect(!session.steps.contains { $0.place.hasPrefix("incomes/1") })
        #expect(session.position == "incomes/+")
        try session.go(to: "members/1/name")
        let recorded = try session.refusal("-")
        #expect(recorded.message.zh.contains("不在这里删除"), "a recorded member is not removed")
    }

    // MARK: - Wrong answers

    @Test(arguments: [
        ("visited_on", "2026-02-30", "没有这一天"), ("visited_on", "2026-11-26", "不能晚于今天"),
        ("surveyors", "王秀英", "至少 2 个"), ("surveyors", "王秀英、王秀英", "至少 2 个"),
        ("hukou", "99", "没有选项"), ("land", "-1", "不能小于"), ("land", "1.234", "小数点后最多 2 位"),
        ("land", "100.01", "不能大于"), ("land", "三亩", "应为数字"), ("members/1/id_number", "110105194912310021", "校验"),
        ("members/1/id_number", "11010519490231002X", "出生日期"), ("members/1/id_number", "1101051949", "18 位"),
        ("members/1/ill", "也许", "答 y"), ("head", "李四", "没有这位成员"), ("head", "7", "没有这位成员"),
    ]) func aWrongAnswerIsRefusedWhereItIsTypedWithItsReason(place: String, typed: String, reason: String) throws {
        var session = try SurveyFixture.session()
        try session.go(to: place)
        let finding = try session.refusal(typed)
        #expect(finding.place == place)
        #expect(finding.message.zh.contains(reason), "\(finding.message.zh)")
        #expect(!finding.message.en.isEmpty && finding.message.en != finding.message.zh)
    }

    @Test func moneyIsCountedInFen() throws {
        for (typed, fen) in [
            ("0", 0), ("12", 1_200), ("12.5", 1_250), ("12.05", 1_205), ("90000000000.01", 9_000_000_000_001),
        ] {
            #expect(AnswerText.number(typed, decimals: 2) == Int64(fen), "\(typed)")
        }
        for typed in ["", ".5", "5.", "1,200", "1e3", "12.345", "99999999999999999999", "--1"] {
            #expect(AnswerText.number(typed, decimals: 2) == nil, "\(typed)")
        }
        #expect(AnswerText.decimal(5, decimals: 2) == "0.05" && AnswerText.decimal(-1_205, decimals: 2) == "-12.05")
    }

    @Test func onePersonLivesInOneHousehold() throws {
        var session = try SurveyFixture.session(elsewhere: ["440524188001010014": "007 二组 3 号"])
        try session.go(to: "members/+")
        try session.take("y", "李四")
        let twice = try session.refusal("11010519491231002X")
        #expect(twice.message.zh.contains("本户已登记：张三"))
        let finding = try session.refusal("440524188001010014")
        #expect(finding.message.zh.contains("007 二组 3 号") && finding.message.en.contains("007 二组 3 号"))
    }

    @Test func whatIsRecordedTwiceAlreadyDoesNotStopTheVisit() throws {
        var session = try SurveyFixture.session(elsewhere: ["11010519491231002X": "007"])
        try session.go(to: "members/1/id_number")
        try session.take("")
        let findings = try session.findings()
        #expect(!findings.contains { $0.place == "members/1/id_number" })
    }

    @Test func theSameIncomeTwiceIsOne() throws {
        var session = try SurveyFixture.session()
        try session.go(to: "incomes/+")
        try session.take("y", "1", "10", "1", "100", "y", "1", "10")
        let same = try session.refusal("month")
        #expect(same.message.zh.contains("同一项"))
        try session.take("year", "500", "")
    }

    @Test func typedAsPeopleTypeIt() throws {
        var session = try SurveyFixture.session()
        try session.take("2026年11月3日", "王秀英 李建国", "三组", "农业户口", "３.５")
        try session.go(to: "head")
        try session.take("zs")
        #expect(session.answers.values["head"] == .text(SurveyFixture.member.description))
        #expect(session.answers.values["visited_on"] == .date(try #require(CalendarDay("2026-11-03"))))
        #expect(session.answers.values["hukou"] == .text("20"))
        #expect(session.answers.values["land"] == .int64(350))
    }

    // MARK: - Drafts and files

    @Test func aSessionGoesOnFromItsSavedAnswers() throws {
        var session = try SurveyFixture.session()
        try session.take("", "王秀英、李建国", "三组 9 号")
        try session.go(to: "members/+")
        try session.take("y", "李四")
        let saved = try SurveyFixture.json(session.answers.json(of: session.form).compact)
        let again = SurveySession(
            form: session.form, records: session.records, context: session.context,
            answers: Answers(saved, of: session.form), position: session.position, newID: session.newID)
        #expect(again.answers == session.answers && again.position == "members/2/id_number")
    }

    @Test func aFileGivesWhatTypingGives() throws {
        var typed = try SurveyFixture.session()
        try typed.take("2026-11-20", "王秀英、李建国", "", "20", "3.5", "", "", "y", "高血压", "y", "李四")
        try typed.take("440524188001010014", "n", "", "2", "y", "李四", "10", "month", "1200", "", "")
        var filed = try SurveyFixture.session()
        let document = #"""
            {"visited_on": "2026-11-20", "surveyors": ["王秀英", "李建国"], "hukou": "20", "land": "3.5",
             "members": [{"id_number": "11010519491231002X", "ill": true, "disease": "高血压"},
                         {"name": "李四", "id_number": "440524188001010014", "ill": false}],
             "head": "李四", "incomes": [{"who": "李四", "type": "10", "period": "month", "amount": "1200.00"}]}
            """#
        let findings = try filed.apply(SurveyFixture.json(document))
        #expect(findings == [])
        #expect(filed.complete == typed.complete)
        func writes(_ session: SurveySession) -> [[FieldWrite]] {
            session.drafts(
                schema: SurveyFixture.schema, visit: SurveyFixture.household, startedAt: Instant(milliseconds: 0),
                files: .init()
            ).map(\.writes)
        }
        #expect(writes(filed) == writes(typed))
    }

    @Test func aFileIsToldEverythingThatIsWrongWithIt() throws {
        var session = try SurveyFixture.session()
        let document = #"""
            {"visited_on": "2026-02-30", "surveyors": ["王秀英"], "land": 3, "colour": "red", "hukou": "77",
             "members": [{"name": "张三", "disease": "高血压"}, {"name": "李四", "id_number": 12, "age": 3}],
             "incomes": [{"who": "李四", "type": "10", "period": "month", "amount": "-5"}], "mood": null}
            """#
        let findings = try session.apply(SurveyFixture.json(document))
        let places = Set(findings.map(\.place))
        #expect(
            places == [
                "visited_on", "surveyors", "land", "colour", "hukou", "members/1/disease", "members/2/id_number",
                "members/2/age", "head", "incomes/1/amount",
            ])
    }
}
