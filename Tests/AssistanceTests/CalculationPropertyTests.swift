import SyncEngine
import Testing

@testable import Assistance

/// What holds for every household, tried on seeded random ones.
@Suite struct CalculationPropertyTests {
    /// SplitMix64, so that a failing seed fails again.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private func random(_ dice: inout Dice) -> CalculationInput {
        var input = CalculationInput()
        input.residence = Bool.random(using: &dice) ? .rural : .urban
        let types = ["10", "20", "21", "30", "41", "42", "50"]
        let periods: [CalculationInput.Period] = [.month, .quarter, .year, .once]
        for index in 0..<Int.random(in: 1...7, using: &dice) {
            var person = CalculationInput.Person(id: "m\(index)")
            person.birthDate = CalendarDay(daysSinceEpoch: Int32.random(in: -16_000...18_000, using: &dice))
            person.health = ["10", "41"].randomElement(using: &dice)
            person.disabilityGrade = [nil, "1", "3"].randomElement(using: &dice) ?? nil
            person.selfCare = .partial
            input.persons.append(person)
        }
        for index in 0..<Int.random(in: 0...6, using: &dice) {
            input.incomes.append(
                .init(
                    id: "i\(index)", person: Bool.random(using: &dice) ? "m0" : nil,
                    type: types.randomElement(using: &dice) ?? "10",
                    amountFen: Int64.random(in: 0...300_000, using: &dice),
                    period: periods.randomElement(using: &dice) ?? .year))
        }
        for index in 0..<Int.random(in: 0...3, using: &dice) {
            input.expenses.append(
                .init(id: "e\(index)", type: "02", amountFen: Int64.random(in: 0...2_000_000, using: &dice)))
        }
        return input
    }

    private func calculate(_ programme: Programme, _ input: CalculationInput) throws -> Calculation {
        try Calculation.calculate(programme, input, pack: .yicheng2020, on: Fixture.day)
    }

    @Test(arguments: 1...60) func nothingIsEverNegativeAndOrderDoesNotMatter(seed: UInt64) throws {
        var dice = Dice(state: seed)
        let input = random(&dice)
        var shuffled = input
        shuffled.persons.shuffle(using: &dice)
        shuffled.incomes.shuffle(using: &dice)
        shuffled.expenses.shuffle(using: &dice)
        #expect(shuffled.hash == input.hash)
        for programme in Programme.allCases {
            let result = try calculate(programme, input)
            let amount = try #require(result.amountFen, "\(result.findings)")
            #expect(amount >= 0)
            #expect((amount > 0) == (result.isEligible ?? false) || programme == .reliefUrgent)
            let other = try calculate(programme, shuffled)
            #expect(other.amountFen == amount && other.lines == result.lines)
        }
    }

    @Test(arguments: 1...60) func moreIncomeNeverPaysMore(seed: UInt64) throws {
        var dice = Dice(state: seed)
        let input = random(&dice)
        var richer = input
        richer.incomes.append(
            .init(id: "more", type: "20", amountFen: Int64.random(in: 1...500_000, using: &dice), period: .year))
        for programme in Programme.allCases {
            let (less, more) = (try calculate(programme, input).amountFen, try calculate(programme, richer).amountFen)
            #expect(try #require(more) <= (try #require(less)), "\(programme)")
        }
    }

    /// The formula of DOMAIN section 5 in whole numbers: fen × 12 throughout, one division, one rounding.
    @Test(arguments: 1...200) func dibaoIsTheReferenceFormulaRoundedOnce(seed: UInt64) throws {
        var dice = Dice(state: seed)
        let count = Int64.random(in: 1...9, using: &dice)
        let annual = Int64.random(in: 0...8_000_000, using: &dice)
        let standard = Int64.random(in: 1...90_000, using: &dice)
        let pack = try Fixture.pack(["dibao.standard.rural": "\"\(Yuan.text(standard))\""])
        let input = try Fixture.household(Int(count), annual: Yuan.text(annual))
        let result = try Calculation.calculate(.dibao, input, pack: pack, on: Fixture.day)
        let gap = standard * count * 12 - annual
        let expected = gap > 0 ? (gap + 1_199) / 1_200 * 100 : 0
        #expect(result.amountFen == expected)
        #expect(result.lines.count { $0.code == "amount.rounded" } == (gap > 0 ? 1 : 0))
    }

    /// Everything at once, in whole sixtieths of a fen: a twelfth of the difference, a fifth of the wages and tenths of the
    /// standard are whole numbers of them.
    @Test(arguments: 1...200) func aWholeHouseholdIsTheReferenceInWholeNumbers(seed: UInt64) throws {
        var dice = Dice(state: seed)
        let input = random(&dice)
        let standard: Int64 = input.residence == .rural ? 56_000 : 63_200
        var annualTimes5: Int64 = 0
        for item in input.incomes where item.type != "50" {
            annualTimes5 += item.amountFen * Int64(item.period.timesAYear) * (item.type == "10" ? 4 : 5)
        }
        for item in input.expenses { annualTimes5 -= item.amountFen * 5 }
        let gapTimes5 = standard * Int64(input.persons.count) * 60 - max(0, annualTimes5)
        var expected: Int64 = 0
        if gapTimes5 > 0 {
            let sixtieths = input.persons.reduce(gapTimes5) { $0 + 6 * tenths(of: $1) * standard }
            expected = (sixtieths + 5_999) / 6_000 * 100
        }
        #expect(try calculate(.dibao, input).amountFen == expected)
    }

    /// Of the standard, as the included pack supplements a person.
    private func tenths(of person: CalculationInput.Person) -> Int64 {
        if person.disabilityGrade == "1" { return 3 }
        if person.health == "41" { return 2 }
        guard let birth = person.birthDate else { return 0 }
        let isOld = birth <= CalendarDay("1951-03-01")!
        return isOld || birth > CalendarDay("2003-03-01")! ? 1 : 0
    }

    @Test(arguments: 1...200) func ratiosAreExact(seed: UInt64) throws {
        var dice = Dice(state: seed)
        func whole() -> Int128 { Int128(Int64.random(in: -999_999...999_999, using: &dice)) }
        let (a, b, c, d) = (whole(), Int128(Int64.random(in: 1...9_999, using: &dice)), whole(), Int128(7))
        let (x, y) = (Ratio(a, over: b), Ratio(c, over: d))
        #expect((x + y).numerator * b * d == (a * d + c * b) * (x + y).denominator)
        #expect((x * y).numerator * b * d == a * c * (x * y).denominator)
        #expect((x - y) + y == x)
        #expect((x < y) == (a * d < c * b))
        let up = Ratio(x.roundedUp(to: 100))
        #expect(up >= x && up - Ratio(100 as Int128) < x)
    }

    @Test(arguments: [
        ("0", 0), ("9600", 960_000), ("9600.5", 960_050), ("9600.05", 960_005), ("9999999999.99", 999_999_999_999),
    ]) func yuanAreReadExactly(text: String, fen: Int64) { #expect(Yuan.fen(text) == fen) }

    @Test(arguments: ["-1", "+1", "", ".5", "5.", "1.234", "1e3", "1,000", "１", "10000000000", "99999999999", " 1"])
    func whatIsNoAmountIsRefused(text: String) { #expect(Yuan.fen(text) == nil) }
}
