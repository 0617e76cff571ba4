import SyncEngine
import Testing

@testable import Assistance

/// 特困, relief, and the allowances that follow 低保.
@Suite struct OtherProgrammeCalculationTests {
    private func calculate(
        _ programme: Programme, _ json: String, _ values: [String: String] = [:]
    ) throws -> Calculation {
        try Calculation.calculate(
            programme, try Fixture.input(json), pack: try Fixture.pack(values), on: Fixture.day)
    }

    private func alone(_ more: String, birth: String = "1950-01-01", rest: String = "") -> String {
        #"{"residence": "rural", "members": [{"id": "a", "birth_date": "\#(birth)"\#(more)}]\#(rest)}"#
    }

    /// 1.3 × 560 = 728, and the care tier; rounded once.
    @Test(arguments: [
        ("[]", 91_900), (#"["eat"]"#, 104_700), (#"["eat", "bed", "walk"]"#, 104_700),
        (#"["eat", "bed", "walk", "bathe"]"#, 136_500),
        (#"["eat", "dress", "bed", "toilet", "walk", "bathe"]"#, 136_500),
    ]) func tekunPaysTheFactorAndTheCareTier(failed: String, fen: Int64) throws {
        #expect(try calculate(.tekun, alone(#", "failed_activities": \#(failed)"#)).amountFen == fen)
    }

    @Test func tekunNeedsAllThreeConditions() throws {
        let care = #", "self_care": "full""#
        #expect(try calculate(.tekun, alone(care)).isEligible == true)
        #expect(try calculate(.tekun, alone(care, birth: "1980-01-01")).isEligible == false)
        #expect(
            try calculate(.tekun, alone(care + #", "labour_ability": "none""#, birth: "1980-01-01")).isEligible == true)
        let disabled = #", "disability_type": "5", "disability_grade": "3""#
        #expect(try calculate(.tekun, alone(care + disabled, birth: "1980-01-01")).isEligible == true)
        let income = #", "incomes": [{"member": "a", "type": "41", "amount": "560.00", "period": "month"}]"#
        #expect(try calculate(.tekun, alone(care, rest: income)).isEligible == false)
        let able = #", "supporters": [{"ability": "able"}]"#
        #expect(try calculate(.tekun, alone(care, rest: able)).isEligible == false)
        let unable = #", "supporters": [{"ability": "unable"}]"#
        #expect(try calculate(.tekun, alone(care, rest: unable)).isEligible == true)
        #expect(try calculate(.tekun, alone(care, rest: #", "supporters": [{"name": "张三"}]"#)).hasErrors)
        #expect(try calculate(.tekun, alone("")).findings.contains { $0.field == "member a failed_activities" })
    }

    @Test func tekunIsForAPersonAndNotForTheHousehold() throws {
        let result = try calculate(
            .tekun,
            """
            {"residence": "rural", "members": [
              {"id": "b", "birth_date": "1980-01-01"}, {"id": "a", "birth_date": "1950-01-01", "self_care": "full"}]}
            """)
        #expect(result.persons.map(\.person) == ["a", "b"])
        #expect(result.persons.map(\.amountFen) == [91_900, 0])
        #expect(result.amountFen == 91_900)
    }

    @Test func urgentReliefIsCappedAndGoesUpAboveTheTownshipsLimit() throws {
        let household = #"{"residence": "rural", "members": [{"id": "a"}, {"id": "b"}]}"#
        let plain = try calculate(.reliefUrgent, household)
        #expect(plain.amountFen == 224_000 && !plain.goesToDistrict)
        #expect(try calculate(.reliefUrgent, household, ["relief_urgent.cap": "\"2000.00\""]).amountFen == 200_000)
        let above = try calculate(.reliefUrgent, household, ["relief.township_limit": "\"2239.99\""])
        #expect(above.goesToDistrict)
        #expect(try !calculate(.reliefUrgent, household, ["relief.township_limit": "\"2240.00\""]).goesToDistrict)
    }

    @Test func expenseReliefNeedsHeavyExpensesAndPaysNoMoreThanThem() throws {
        func household(_ amount: String, bills: String = "\"1\"") -> String {
            """
            {"residence": "rural", "members": [{"id": "a"}],
             "incomes": [{"type": "20", "amount": "6000.00", "period": "year"}],
             "expenses": [{"type": "02", "amount": "\(amount)", "bill_no": "1"}]}
            """
        }
        #expect(try calculate(.reliefExpense, household("3599.99")).isEligible == false)
        #expect(try calculate(.reliefExpense, household("3600.00")).amountFen == 168_000)
        let small = ["relief_expense.expense_share": "\"0\""]
        #expect(try calculate(.reliefExpense, household("100.00"), small).amountFen == 10_000)
    }

    @Test(arguments: [(59, 0), (60, 8_000), (79, 8_000), (80, 10_000), (95, 20_000)])
    func theElderlyAllowanceGoesByAgeBand(age: Int, fen: Int64) throws {
        let birth = "\(2021 - age)-03-01"
        #expect(
            try calculate(.elderlyAllowance, alone("", birth: birth, rest: #", "receives_dibao": true"#)).amountFen
                == fen)
        #expect(
            try calculate(.elderlyAllowance, alone("", birth: birth, rest: #", "receives_dibao": false"#)).isEligible
                == false)
    }

    @Test func withoutARecordOfItDibaoIsJudgedByTheFacts() throws {
        let poor = try calculate(.elderlyAllowance, alone("", birth: "1950-01-01"))
        #expect(poor.amountFen == 8_000)
        #expect(poor.lines.contains { $0.code == "dibao.would_receive" })
        let income = #", "incomes": [{"type": "41", "amount": "9000.00", "period": "month"}]"#
        #expect(try calculate(.elderlyAllowance, alone("", birth: "1950-01-01", rest: income)).isEligible == false)
    }

    @Test func aDisabledPersonGetsTheHigherOfEachSubsidyOnce() throws {
        let person = alone(#", "disability_type": "6", "disability_grade": "2""#, rest: #", "receives_dibao": true"#)
        #expect(try calculate(.disabilityLiving, person).amountFen == 12_000)
        #expect(try calculate(.disabilityCare, person).amountFen == 12_000)
        let table = ["disability_care.amount": #"{"2": "120.00", "6-2": "150.00"}"#]
        #expect(try calculate(.disabilityCare, person, table).amountFen == 15_000)
        let third = alone(#", "disability_type": "4", "disability_grade": "3""#, rest: #", "receives_dibao": true"#)
        #expect(try calculate(.disabilityLiving, third).amountFen == 10_000)
        #expect(try calculate(.disabilityCare, third).isEligible == false)
        let expired = #", "disability_grade": "1", "disability_expiry": "2021-02-28""#
        #expect(try calculate(.disabilityCare, alone(expired)).isEligible == false)
        let tekun = #", "disability_grade": "1", "receives": ["tekun"]"#
        #expect(try calculate(.disabilityCare, alone(tekun)).isEligible == false)
        let notPoor = alone(#", "disability_grade": "1""#, rest: #", "receives_dibao": false"#)
        #expect(try calculate(.disabilityLiving, notPoor).isEligible == false)
        #expect(try calculate(.disabilityCare, notPoor).isEligible == true)
    }
}
