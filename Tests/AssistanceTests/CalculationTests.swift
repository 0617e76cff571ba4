import SyncEngine
import Testing

@testable import Assistance

@Suite struct CalculationTests {
    private func dibao(_ input: CalculationInput, _ values: [String: String] = [:]) throws -> Calculation {
        try Calculation.calculate(.dibao, input, pack: try Fixture.pack(values), on: Fixture.day)
    }

    /// DOMAIN section 5; in the first row, rounding per person and multiplying would pay 3.
    @Test(arguments: [
        ("632.00", 3, "22728", 2), ("560.00", 2, "9600", 320), ("560.00", 2, "13439.99", 1), ("560.00", 2, "13440", 0),
        ("560.00", 4, "20000.01", 574),
    ]) func theTableOfTheSpecificationHolds(standard: String, count: Int, annual: String, yuan: Int64) throws {
        let result = try dibao(
            try Fixture.household(count, annual: annual), ["dibao.standard.rural": "\"\(standard)\""])
        #expect(result.amountFen == yuan * 100)
        #expect(result.isEligible == (yuan > 0))
    }

    @Test func thePackSaysToWhatIsRounded() throws {
        let input = try Fixture.household(4, annual: "20000.01")
        #expect(try dibao(input, ["dibao.step": "\"0.01\""]).amountFen == 57_334)
        #expect(try dibao(input, ["dibao.step": "\"10.00\""]).amountFen == 58_000)
    }

    @Test func aMissingParameterIsAnErrorAndNeverADefault() throws {
        let input = try Fixture.household(2, annual: "9600")
        for name in ["dibao.standard.rural", "dibao.step", "property.vehicles", "income.excluded_types"] {
            let problem = #expect(throws: Problem.self) { try dibao(input, [name: ""]) }
            #expect(problem?.code == .missingParameter)
            #expect(problem?.subject == name)
        }
    }

    @Test func everyPartOfTheIncomeCountsAsThePackSays() throws {
        let input = try Fixture.input(
            """
            {"residence": "rural", "members": [{"id": "a", "birth_date": "1980-01-01"}, {"id": "b", "birth_date": "1982-01-01"}],
             "incomes": [{"id": "1", "member": "a", "type": "10", "amount": "500.00", "period": "month"},
                         {"id": "2", "type": "21", "amount": "300.00", "period": "quarter"},
                         {"id": "3", "member": "b", "type": "50", "amount": "9000.00", "period": "year"},
                         {"id": "4", "type": "42", "amount": "50.00", "period": "month"}],
             "expenses": [{"id": "5", "type": "02", "amount": "2000.00", "reimbursed": "1500.00", "bill_no": "A1"},
                          {"id": "6", "type": "02", "amount": "2000.00", "reimbursed": "1500.00", "bill_no": "A1"},
                          {"id": "7", "type": "01", "amount": "900.00"}],
             "supporters": [{"id": "8", "ability": "able", "fee": "100.00"}]}
            """)
        let result = try dibao(input)
        // 6,000 wages − 20 % + 1,200 land + 1,200 support (the higher) − 500 of one bill.
        #expect(result.lines.first { $0.code == "income.annual" }?.amount == Ratio(670_000 as Int64))
        #expect(result.amountFen == 56_200)
        #expect(result.findings.contains { $0.field == "expense 6 bill_no" })
    }

    @Test func theDeadTheAbsentAndTheUnbornAreNotCounted() throws {
        let input = try Fixture.input(
            """
            {"residence": "rural", "members": [
              {"id": "a", "birth_date": "1980-01-01"}, {"id": "b", "death_date": "2021-02-28"},
              {"id": "c", "in_household": false}, {"id": "d", "birth_date": "2021-03-02"},
              {"id": "e", "birth_date": "1980-01-01", "death_date": "2021-03-02"}],
             "incomes": [{"member": "b", "type": "20", "amount": "5000.00", "period": "month"}]}
            """)
        let result = try dibao(input)
        #expect(result.lines.first?.text.en == "2 persons live in the household")
        #expect(result.amountFen == 112_000)
    }

    @Test func aGradePaysItsAmountForEachPerson() throws {
        let graded = ["dibao.mode": "\"graded\""]
        #expect(try dibao(try Fixture.household(2, annual: "4480"), graded).amountFen == 84_000)
        #expect(try dibao(try Fixture.household(2, annual: "4480.01"), graded).amountFen == 64_000)
        #expect(try dibao(try Fixture.household(2, annual: "8960.01"), graded).amountFen == 44_000)
        #expect(try dibao(try Fixture.household(2, annual: "13440"), graded).amountFen == 0)
    }

    @Test func aPersonHasOneSupplementTheHighest() throws {
        let input = try Fixture.input(
            """
            {"residence": "rural", "members": [
              {"id": "old and ill and disabled", "birth_date": "1940-01-01", "health": "41",
               "disability_type": "4", "disability_grade": "1"},
              {"id": "child", "birth_date": "2015-01-01"}, {"id": "adult", "birth_date": "1980-01-01"},
              {"id": "expired", "birth_date": "1980-01-01", "disability_grade": "1", "disability_expiry": "2021-02-28"}]}
            """)
        let result = try dibao(input)
        // 4 × 560 + 30 % + 10 % of 560.
        #expect(result.amountFen == 246_400)
        #expect(result.lines.count { $0.code == "dibao.supplement" } == 2)
    }

    @Test(arguments: [
        (#"{"type": "deposit", "value": "26880.00"}"#, true), (#"{"type": "deposit", "value": "26880.01"}"#, false),
        (#"{"type": "deposit", "value": "90000.00", "exemption": "05"}"#, true), (#"{"type": "vehicle"}"#, false),
        (#"{"type": "vehicle", "exemption": "03"}"#, true), (#"{"type": "vehicle", "exemption": "04"}"#, false),
        (#"{"type": "house"}"#, true), (#"{"type": "house"}, {"type": "house"}"#, false),
        (#"{"type": "premises"}"#, false), (#"{"type": "company"}"#, false),
    ]) func propertyBeyondALimitExcludesUnlessItIsExempt(items: String, isEligible: Bool) throws {
        let input = try Fixture.household(2, annual: "0", more: ", \"properties\": [\(items)]")
        #expect(try dibao(input).isEligible == isEligible)
    }

    @Test func aChangeInsideTheMonthHoldsFromItsDay() throws {
        let old = #""value":"560.00","from":"2020-09-05","demo":true}"#
        let new =
            #""value":"560.00","from":"2020-09-05","until":"2021-03-14","demo":true},{"name":"dibao.standard.rural","value":"585.00","from":"2021-03-15","demo":true}"#
        let text = try Fixture.text().split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        let pack = try #require(PolicyPack.read(text).pack)
        let input = try Fixture.household(2, annual: "0")
        func amount(_ day: String) throws -> Int64? {
            try Calculation.calculate(.dibao, input, pack: pack, on: try #require(CalendarDay(day))).amountFen
        }
        #expect(try amount("2021-03-14") == 112_000)
        #expect(try amount("2021-03-15") == 117_000)
    }

    @Test func whatIsMissingIsToldAndNothingIsCalculated() throws {
        let nobody = try dibao(try Fixture.input(#"{"residence": "rural", "members": []}"#))
        #expect(nobody.amountFen == nil && nobody.isEligible == nil && nobody.hasErrors)
        let nowhere = try dibao(try Fixture.input(#"{"members": [{"birth_date": "1980-01-01"}]}"#))
        #expect(nowhere.findings.contains { $0.field == "residence" && $0.severity == .error })
        let deposit = try Fixture.household(1, annual: "0", more: #", "properties": [{"type": "deposit"}]"#)
        #expect(try dibao(deposit).hasErrors)
    }

    @Test func everyLineSaysWhatItRestsOn() throws {
        let result = try dibao(try Fixture.household(2, annual: "9600"))
        let rounded = try #require(result.lines.last)
        #expect(rounded.code == "amount.rounded")
        #expect(rounded.parameter?.name == "dibao.step")
        #expect(rounded.amount == Ratio(32_000 as Int64))
        let counted = try #require(result.lines.first { $0.code == "income.counted" })
        #expect(counted.item == "incomes[0]")
        for code in ["dibao.standard", "dibao.below", "dibao.difference"] {
            let line = try #require(result.lines.first { $0.code == code })
            #expect(line.parameter != nil || line.law != nil)
        }
        #expect(result.explanation().zh.hasPrefix("试算，不具有约束力"))
        #expect(result.explanation().zh.contains("〔dibao.standard.rural，演示值，待区民政确定〕"))
        #expect(result.explanation().en.contains("not binding"))
    }

    @Test func theDocumentCalculatesToTheSameAgain() throws {
        let first = try dibao(
            try Fixture.household(3, annual: "9600.37", more: #", "properties": [{"type": "house"}]"#))
        let document = first.document(records: [])
        let again = CalculationInput.read(try #require(document["input"]))
        #expect(again.findings.isEmpty)
        let second = try dibao(again.input)
        #expect(second.document(records: []).compact == document.compact)
        #expect(document["inputsHash"]?.text == again.input.hash.description)
    }

    @Test func aPackPastItsEndWarnsAndStillGoverns() throws {
        let input = try Fixture.household(2, annual: "9600")
        let day = try #require(CalendarDay("2026-03-01"))
        let pack = try PolicyShelf.included.pack(on: day)
        let result = try Calculation.calculate(.dibao, input, pack: pack, on: day)
        #expect(result.amountFen == 32_000)
        #expect(result.findings.contains { $0.severity == .warning && $0.message.en.contains("ended on 2025-09-04") })
    }
}
