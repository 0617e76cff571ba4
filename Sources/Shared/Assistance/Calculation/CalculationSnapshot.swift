package import SyncEngine

/// A calculation that was kept, with a decision or in a file: calculated again from its own facts, day and pack.
package struct CalculationSnapshot: Sendable {
    /// What the same facts come to now.
    package let calculation: Calculation
    /// Keys of the snapshot that say something else: of the input (`inputsHash`), the pack (`pack`), the rules
    /// (`ruleVersion`) or the result.
    package let differences: [String]

    /// Keys that must come out the same. The record versions are where the facts came from, not part of the result.
    private static let compared = [
        "eligible", "amount", "amountFen", "authority", "persons", "pack", "ruleVersion", "inputsHash", "lines",
    ]

    /// - Parameter json: what `calculate --json` said.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for what is no snapshot, ``Problem/Code/unknownPack``,
    ///   ``Problem/Code/missingParameter``.
    package init(recalculating json: JSONValue, shelf: PolicyShelf) throws {
        guard let programme = json["programme"]?.text.flatMap(Programme.init),
            let day = json["day"]?.text.flatMap({ CalendarDay($0) }), let facts = json["input"],
            let id = json["pack"]?["id"]?.text, case .int(let version) = json["pack"]?["version"]
        else {
            throw Problem(
                .badDocument,
                explanation: Label(zh: "这不是试算结果（calculate --json 的输出）", en: "This is no answer of calculate --json"))
        }
        let pack = try shelf.pack(named: "\(id)@\(version)")
        let (input, findings) = CalculationInput.read(facts)
        guard findings.isEmpty else { throw Problem(.badDocument, explanation: findings[0].message) }
        let calculation = try Calculation.calculate(programme, input, pack: pack, on: day)
        let now = calculation.document(records: [])
        self.calculation = calculation
        differences = Self.compared.filter { json[$0] != now[$0] }
    }
}
