package import SyncEngine

/// What a household was told at a visit: the trial's amount and its policy. The facts of a visit count whatever policy the
/// station had; the amount is the township's, under the pack in force, and the difference is shown (DOMAIN section 7,
/// collision 8).
package struct VisitTrialRecord: Hashable, Sendable {
    package let visit: RecordID
    package let day: CalendarDay?
    package let programme: Programme
    package let pack: String
    package let amountFen: Int64

    /// - Returns: `nil` for what is no visit, and for a visit at which nothing could be calculated.
    package init?(_ record: Record) {
        guard record.kind == visitKind.name, !record.isDeleted, let linked = Linked(record),
            let programme = linked.text("trial_programme").flatMap(Programme.init),
            let pack = linked.text("trial_pack"), let amount = linked.number("trial_amount_fen")
        else { return nil }
        visit = record.id
        day = linked.day("when")
        self.programme = programme
        self.pack = pack
        amountFen = amount
    }

    /// The latest of a programme, by the day of the visit.
    package static func latest(of programme: Programme, in records: [Record]) -> VisitTrialRecord? {
        records.compactMap(VisitTrialRecord.init).filter { $0.programme == programme }.max {
            ($0.day?.description ?? "", $0.visit) < ($1.day?.description ?? "", $1.visit)
        }
    }

    /// `visit`, `on`, `pack`, `amount`, `amountFen`, `differenceFen`: what is more now than was told.
    func document(beside result: Calculation) -> JSONValue {
        .object([
            ("visit", .string(visit.description)), ("on", day.map { .string($0.description) } ?? .null),
            ("pack", .string(pack)), ("amount", .string(Yuan.text(amountFen))), ("amountFen", .int(amountFen)),
            ("differenceFen", result.amountFen.map { .int($0 - amountFen) } ?? .null),
        ])
    }

    /// For people, when the result is another or comes from another policy.
    package func difference(from result: Calculation) -> Label? {
        guard let now = result.amountFen, now != amountFen || pack != result.pack.name else { return nil }
        let (told, present) = (Yuan.text(amountFen), Yuan.text(now))
        let on = day?.description ?? "?"
        return Label(
            zh: "\(on) 入户时按政策包 \(pack) 试算为 \(told) 元；现按 \(result.pack.name) 为 \(present) 元。请向家庭说明差异。",
            en:
                "Told at the visit of \(on), by \(pack): \(told) yuan; by \(result.pack.name) it is \(present). Explain it."
        )
    }
}
