package import SyncEngine

/// What a person asks `calculate` for, in either program.
package struct CalculationRequest: Sendable {
    package let programme: Programme
    package let day: CalendarDay

    /// - Parameter day: `YYYY-MM-DD`; `nil` for today.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` that lists the programmes, or gives a day as an example.
    package init(programme: String, on day: String?, today: CalendarDay) throws {
        guard let day = day.map({ CalendarDay($0) }) ?? today else {
            throw Problem(
                .badValue, "--on",
                explanation: Label(zh: "没有这一天；写法如 2026-03-01", en: "There is no such day; write 2026-03-01"))
        }
        self.programme = try Programme(parsing: programme)
        self.day = day
    }

    /// Facts of a document on standard input.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` unless there is exactly one.
    package static func reading(_ documents: [JSONValue]) throws -> CalculationInput.Reading {
        guard documents.count == 1 else {
            throw Problem(
                .badDocument,
                explanation: Label(zh: "标准输入应为一户的一个 JSON 文档", en: "One JSON document of one household is expected"))
        }
        let (input, findings) = CalculationInput.read(documents[0])
        return CalculationInput.Reading(input: input, findings: findings, records: [])
    }

    /// What is wrong with the facts alone, else the calculation with its own findings.
    /// - Throws: ``Problem`` ``Problem/Code/missingParameter``.
    package func calculate(_ reading: CalculationInput.Reading, pack: PolicyPack) throws -> Outcome {
        if reading.findings.contains(where: { $0.severity == .error }) { return .incomplete(reading.findings) }
        var result = try Calculation.calculate(programme, reading.input, pack: pack, on: day)
        result.findings += reading.findings
        return result.hasErrors ? .incomplete(result.findings) : .calculated(result)
    }

    package enum Outcome: Sendable {
        case calculated(Calculation)
        case incomplete([Finding])
    }
}
