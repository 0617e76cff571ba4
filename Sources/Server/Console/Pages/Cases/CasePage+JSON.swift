import Assistance
import CommandSupport
import SyncEngine

extension CasePage {
    /// What `case show --json` says, and `seq`, `steps` [`move`, `to`, `possible`, `reasons`], `remaining` of the running
    /// clocks, `preparation` [`task`, `state`, `missing`], `report`, `calculation`, `decisions`, `notices`, `objections`,
    /// `reviews`, `complete` of the file.
    var json: JSONValue {
        CaseDocument(file: file).json.adding([
            ("seq", .int(Int64(seq))), ("steps", .array(view.steps.map(step))), ("remaining", remaining),
            ("preparation", .array(file.preparation.map(task))),
            (
                "report",
                file.all("check_report").last.map { fields($0, ["no", "verdict", "issued_on", "valid_to"]) } ?? .null
            ),
            ("calculation", view.calculation?.document(records: [], trial: view.trial) ?? .null),
            ("decisions", all("decision", ["result", "amount_fen", "basis", "decided_on", "role"])),
            ("notices", all("notice", ["kind", "place", "from", "to", "delivered_on"])),
            ("objections", all("objection", ["by", "at", "text"])),
            ("reviews", all("democratic_review", ["objection", "held_on", "votes_for", "votes_against", "result"])),
            ("complete", view.archive.map { .bool($0.isComplete) } ?? .null),
        ])
    }

    private var remaining: JSONValue {
        .array(
            file.clocks.compactMap { clock in
                clock.remaining(at: file.at, in: file.calendar).map { left in
                    .object([
                        ("clock", .string(clock.rule.name.rawValue)), ("late", .bool(left.isLate)),
                        ("text", .string(left.label.text())),
                    ])
                }
            })
    }

    private func reasons(_ reasons: [Refusal.Reason]) -> JSONValue {
        .array(
            reasons.map { .object([("rule", .string($0.rule.code)), ("text", .string($0.text.text()))]) })
    }

    private func step(_ step: CaseStep) -> JSONValue {
        .object([
            ("move", .string(step.move.name)), ("to", .string(step.move.to.rawValue)),
            ("possible", .bool(step.isPossible)), ("reasons", reasons(step.reasons)),
        ])
    }

    private func task(_ task: CasePreparation) -> JSONValue {
        .object([
            ("task", .string(task.name.rawValue)), ("state", .string(task.state.rawValue)),
            ("missing", reasons(task.missing)),
        ])
    }

    private func all(_ kind: String, _ names: [String]) -> JSONValue {
        .array(file.all(kind).map { fields($0, names) })
    }

    private func fields(_ record: Linked, _ names: [String]) -> JSONValue {
        .object(
            [("id", .string(record.record.id.description)), ("author", .string(view.author(of: record)))]
                + names.map { ($0.camelCased, JSONValue(record.value($0))) })
    }
}

extension String {
    /// `decided_on` as `decidedOn`: the keys of documents.
    var camelCased: String {
        let words = split(separator: "_")
        return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}
