import GRDB
package import SyncEngine

/// What a station knows of a record's past: its own sets, and what the pulls said.
extension ReplicaTransaction {
    /// Sets not yet decided last; else in order of seq.
    package func history(of record: RecordID, kind: KindSchema) throws -> [HistoryItem] {
        let own = try ownSets(naming: record).flatMap { sent in
            sent.sealed.set.changes.filter { $0.record == record }.map { change in
                HistoryItem(
                    typed: change, in: sent.sealed.set, seq: sent.outcome?.seq ?? 0,
                    outcome: sent.outcome.map { HistoryItem.Outcome($0.result) } ?? .pending)
            }
        }
        let stated = Dictionary(try stated(record, kind: kind, own: own).map { ($0.seq, $0) }) { first, _ in first }
        let known = Set(own.map(\.seq))
        let items = own.map { $0.told(with: stated[$0.seq]) } + stated.values.filter { !known.contains($0.seq) }
        return items.sorted { ($0.seq == 0 ? .max : $0.seq) < ($1.seq == 0 ? .max : $1.seq) }
    }

    private func ownSets(naming record: RecordID) throws -> [OutboxSet] {
        var query = try Query(database, "SELECT number FROM own_change WHERE record = ? ORDER BY number")
        query.bind(record)
        return try query.all { $0.uint64(0) }.compactMap { try outboxSet($0) }
    }

    private func stated(_ record: RecordID, kind: KindSchema, own: [HistoryItem]) throws -> [HistoryItem] {
        var query = try Query(
            database,
            """
            SELECT s.seq, w.device, w.author, w.time, w.reason, s.edits
            FROM seen s JOIN writer w ON w.seq = s.seq WHERE s.record = ?
            ORDER BY s.seq, s.rowid
            """)
        query.bind(record)
        let rows = try query.all { row in
            (
                row.uint64(0), row.id(1), row.text(2), HybridTime(rawValue: row.uint64(3)), row.text(4),
                row.isNull(5) ? nil : try tables.codec.decode(effects: row.bytes(5))
            )
        }
        // What is stated whole once more names writers that are known already.
        var told: Set<Seq> = []
        let first = rows.filter { told.insert($0.0).inserted }
        let typed = own.filter { $0.seq > 0 && $0.outcome != .quarantined && !told.contains($0.seq) }
        let later = first.compactMap { row in row.5.map { (row.0, $0) } } + typed.map { ($0.seq, $0.effects) }
        let whole = try wholeFields(record, kind: kind, later: later.sorted { $0.0 < $1.0 }.flatMap(\.1))
        let conflicted = try setsInConflict()
        return first.map { seq, device, author, time, reason, effects in
            HistoryItem(
                seq: seq, device: device, author: author, at: time.instant, reason: reason, effects: effects ?? whole,
                outcome: conflicted.contains(seq) ? .conflicted : .applied)
        }
    }

    /// The sets that met a conflict, over whichever record: a conflict names them after the one that they met.
    private func setsInConflict() throws -> Set<Seq> {
        let conflicts = try tables.conflicts(in: database, includeClosed: true)
        return Set(
            conflicts.flatMap { conflict in
                conflict.value("seqs", in: ConflictRecord.kind).elements.compactMap(Seq.init).sorted().dropFirst()
            })
    }

    /// What a record was when it was stated whole: its present shadow with what came later taken back. What this station typed
    /// and did not come to stand is not taken back.
    private func wholeFields(_ record: RecordID, kind: KindSchema, later: [Effect]) throws -> [Effect] {
        guard var then = try shadow(record, kind: kind).record ?? working(record, kind: kind) else { return [] }
        for effect in later.reversed() {
            let isTyped = effect.result == .lost && effect.element == nil
            if isTyped, then.value(effect.key, in: kind) != effect.new { continue }
            then.assign(effect.old, to: effect.key, in: kind)
        }
        return kind.fields.compactMap { field in
            let value = then.value(field.name, in: kind)
            return value.isNull ? nil : Effect(field.name, old: .null, new: value, .applied)
        }
    }
}

extension HistoryItem {
    /// An own set as it was typed, and what the township says that it brought back or took along besides.
    fileprivate func told(with stated: HistoryItem?) -> HistoryItem {
        let typed = Set(effects.map(\.key))
        var told = self
        told.effects += (stated?.effects ?? []).filter { $0.field == Effect.deleted && !typed.contains($0.key) }
        return told
    }
}
