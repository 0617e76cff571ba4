import SyncEngine

@testable import Assistance

/// The included pack with some parameters changed, and households in one line.
enum Fixture {
    /// - Parameter values: JSON by parameter name; an empty text takes the parameter out.
    static func pack(_ values: [String: String] = [:]) throws -> PolicyPack {
        let (pack, findings) = PolicyPack.read(try text(values))
        guard let pack else { throw Problem(.badPack, "\(findings)") }
        return pack
    }

    static func text(_ values: [String: String] = [:]) throws -> String {
        let document = try JSONParser.documents(Array(PolicyPack.yicheng2020.text.utf8))[0]
        guard case .members(let members) = document else { throw Problem(.badPack) }
        return JSONValue.members(
            try members.map { member in
                guard member.key == "parameters", case .array(let parameters) = member.value else { return member }
                return JSONValue.Member(member.key, .array(try parameters.compactMap { try changed($0, values) }))
            }
        ).compact
    }

    private static func changed(_ parameter: JSONValue, _ values: [String: String]) throws -> JSONValue? {
        guard let name = parameter["name"]?.text, let json = values[name], case .members(let members) = parameter else {
            return parameter
        }
        guard !json.isEmpty else { return nil }
        let value = try JSONParser.documents(Array(json.utf8))[0]
        return .members(members.map { $0.key == "value" ? .init("value", value) : $0 })
    }

    static func input(_ json: String) throws -> CalculationInput {
        let (input, findings) = CalculationInput.read(try JSONParser.documents(Array(json.utf8))[0])
        guard findings.isEmpty else { throw Problem(.badDocument, "\(findings.map(\.message.en))") }
        return input
    }

    /// So many members of 40 years, with one annual income.
    static func household(_ count: Int, annual: String, more: String = "") throws -> CalculationInput {
        let members = (1...count).map { #"{"id": "m\#($0)", "birth_date": "1980-01-01"}"# }.joined(separator: ", ")
        return try input(
            """
            {"residence": "rural", "members": [\(members)],
             "incomes": [{"type": "20", "amount": "\(annual)", "period": "year"}]\(more)}
            """)
    }

    static let day = CalendarDay("2021-03-01")!
}
