import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Households that are put on record at the desk.
struct HouseholdDesk {
    let township: Township

    /// A household and its head, as they were told.
    struct New: Sendable {
        let village: Scope
        let number: String
        let household: [FieldWrite]
        /// Empty where nobody said who it is.
        let head: [FieldWrite]
    }

    /// 户主 (GB/T 4761).
    private static let headRelation = "02"

    /// Makes the household and its head in one set; who else has the head's identity number is looked for at once.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a village that is not the township's, and for a number that a
    ///   household of that village has: a roster finds households by it; anything the capture refuses.
    func add(_ new: New, act: Desk.Act) throws -> (id: RecordID, seq: Seq) {
        guard VillageCode.isValid(new.village.code), township.identity.region.covers(new.village) else {
            throw Problem(
                .badValue, "household.village", explanation: Label(zh: "请选择本镇街的村居", en: "Choose a village"))
        }
        return try township.write(act) { transaction, act in
            try refuseKnown(new, in: transaction)
            let (home, person) = (act.newID(), Township.newID(at: act.now))
            var writes = [FieldWrite.set("village", .text(new.village.code))] + new.household
            if !new.head.isEmpty { writes.append(.set("head", .text(person.description))) }
            var drafts = [Draft(kind: householdKind, record: home, operation: .create, writes: writes)]
            if !new.head.isEmpty {
                let own: [FieldWrite] = [
                    .set("household", .text(home.description)), .set("relation", .text(Self.headRelation)),
                ]
                drafts.append(
                    Draft(kind: memberKind, record: person, operation: .create, writes: own + new.head))
            }
            guard let outcome = try township.act(drafts, act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return (home, outcome.seq)
        }
    }

    private func refuseKnown(_ new: New, in transaction: AuthorityTransaction) throws {
        let same = try transaction.tables.all(
            of: householdKind, where: [("number", .text(new.number))], in: transaction.database)
        let isKnown = same.contains {
            $0.scope == new.village && !$0.isDeleted && $0.mergedInto(in: householdKind) == nil
        }
        guard isKnown else { return }
        throw Problem(
            .badValue, "household.number",
            explanation: Label(
                zh: "本村已有户编号 \(new.number) 的住户", en: "The village has a household of number \(new.number)"))
    }
}
