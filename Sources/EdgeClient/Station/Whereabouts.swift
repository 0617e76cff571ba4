import Assistance
import RecordStore
import SyncEngine

extension ReplicaTransaction {
    /// Who is typed here and lives in another household on record already (DOMAIN section 9): told where it is typed, and
    /// decided at the township, for which of the two is right nobody can know here.
    /// - Parameter drafts: of the set that was committed in this transaction.
    func elsewhere(_ drafts: [Draft]) throws -> [Finding] {
        try drafts.filter { $0.kind.name == "member" }.flatMap { draft in
            for case .set("id_number", .text(let number)) in draft.writes {
                return try elsewhere(draft.record, number: number, kind: draft.kind)
            }
            return []
        }
    }

    private func elsewhere(_ id: RecordID, number: String, kind: KindSchema) throws -> [Finding] {
        let home = try working(id, kind: kind)?.value("household", in: kind)
        let same = try tables.all(of: kind, where: [("id_number", .text(number))], in: database).filter { other in
            other.id != id && other.value("household", in: kind) != home
                && other.value("in_household", in: kind) != .bool(false)
                && other.value("death_date", in: kind).isNull
        }
        return try same.map { other in
            let household = try other.value("household", in: kind).recordID.flatMap { id in
                try schema.kind("household").flatMap { try working(id, kind: $0)?.value("number", in: $0).text }
            }
            let place = household ?? other.value("household", in: kind).text ?? "?"
            return Finding(
                .warning, field: "id_number",
                Label(
                    zh:
                        "同一身份证号已登记在户 \(place)，一人不能同时在两户。如已迁出，先改那一户：ruhu edit \(other.id) in_household=false in_household_reason=迁出；核对后由镇街合并",
                    en:
                        "The same identity number is on record in household \(place); nobody lives in two. If the person left it: ruhu edit \(other.id) in_household=false in_household_reason=moved; else the township merges them"
                ))
        }
    }
}
