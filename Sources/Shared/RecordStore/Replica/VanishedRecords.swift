import GRDB
package import SyncEngine

/// A record that the township had stated, and that its history does not hold any more as it was: the township went back
/// to a backup, and who wrote it has not handed it in again. If that laptop is lost too, only a station that had seen it
/// can tell.
package struct VanishedRecord: Sendable {
    /// As the township had stated it, at `seq` of ``epoch``.
    package var seen: Record
    package let kind: KindSchema
    package var epoch: EpochID
    /// What was here when the township's new picture was; `nil`: nothing.
    package var then: Record?
    /// Who wrote it last, and when, as far as the station was told.
    package var author: String
    package var writtenAt: Instant?

    /// Where its author stood who saw it.
    package var base: Base { Base(epoch: epoch, seq: seen.seq) }

    /// What of it is still as the township's new picture had it, and not as it was seen.
    package enum Loss: Hashable, Sendable {
        case record
        /// That it was deleted.
        case deletion
        /// In schema order.
        case fields([String])
    }

    /// - Parameter now: what is here now.
    /// - Returns: `nil` when it is back, or something newer stands in its place.
    package func loss(now: Record?) -> Loss? {
        guard let then else { return now == nil && !seen.isDeleted ? .record : nil }
        guard let now, !now.isDeleted else { return nil }
        if seen.isDeleted { return .deletion }
        let fields = kind.fields.enumerated().filter { index, field in
            field.derivation == nil && seen.values[index] != then.values[index]
                && now.values[index] == then.values[index]
        }.map(\.element.name)
        return fields.isEmpty ? nil : .fields(fields)
    }

    /// The same loss, of what the record has come to since.
    fileprivate func still(_ loss: Loss, over now: Record?) -> VanishedRecord {
        guard var seen = now else { return self }
        switch loss {
        case .record: return self
        case .deletion: seen.isDeleted = true
        case .fields(let names):
            for name in names { seen.assign(self.seen.value(name, in: kind), to: FieldKey(field: name), in: kind) }
        }
        // Where its first loss was seen.
        seen.seq = self.seen.seq
        var still = self
        still.seen = seen
        return still
    }

    /// What a station may write of it, in schema order. What the desk wrote comes back by itself where the backup was the
    /// newest: every station holds it for the township. Else the desk has to do it again.
    package var writable: [FieldSchema] {
        kind.fields.filter { !$0.isDeskOnly && $0.derivation == nil && $0.name != KindSchema.aliasField }
    }

    /// Whether a station can bring it back.
    package func isWritable(_ loss: Loss) -> Bool {
        if kind.isDeskOnly { return false }
        guard case .fields(let names) = loss else { return true }
        return writable.contains { names.contains($0.name) }
    }
}

extension ReplicaTransaction {
    /// What a history that parted from the present one at `seq` may not hold: the records that the township stated after
    /// it, as they are on the screen, and what has vanished before and is not back.
    package func stated(after seq: Seq, in epoch: EpochID) throws -> [VanishedRecord] {
        var earlier = Dictionary(uniqueKeysWithValues: try vanished().map { ($0.record.seen.id, $0) })
        var found: [VanishedRecord] = []
        for kind in schema.kinds where !kind.isSystem {
            var query = try Query(database, tables.sql(kind).selectAll + " WHERE seq > ? ORDER BY id")
            query.bind(seq)
            for var record in try query.all({ try tables.read($0, kind: kind) }) {
                // With own edits on top the record is not what the township stated, and they are no loss. An own deletion
                // that waits may still be taken back.
                guard let stated = try shadow(record.id, kind: kind).record, stated.seq > seq else { continue }
                record.seq = stated.seq
                record.isDeleted = stated.isDeleted
                if let (known, loss) = earlier.removeValue(forKey: record.id) {
                    found.append(known.still(loss, over: record))
                    continue
                }
                let (author, time) = try lastWriter(of: stated)
                found.append(
                    VanishedRecord(seen: record, kind: kind, epoch: epoch, then: nil, author: author, writtenAt: time))
            }
        }
        for (known, loss) in earlier.values {
            found.append(known.still(loss, over: try present(known.seen.id, kind: known.kind)))
        }
        return found
    }

    /// Of a deletion only its own: an older township's pages do not name who deleted.
    private func lastWriter(of record: Record) throws -> (author: String, time: Instant?) {
        var query = try Query(
            database,
            """
            SELECT w.author, w.time FROM seen s JOIN writer w ON w.seq = s.seq
            WHERE s.record = ? AND s.seq >= ? ORDER BY s.seq DESC LIMIT 1
            """)
        query.bind(record.id)
        query.bind(record.isDeleted ? record.seq : 0)
        let found = try query.first { ($0.text(0), HybridTime(rawValue: $0.uint64(1)).instant) }
        return (found?.0 ?? "", found?.1)
    }

    /// Keeps aside those of `seen` that the new picture, with own work on top, does not show as they were.
    /// - Parameter fork: the last seq that the new history has in common with the one in which they were seen.
    package func keepVanished(_ seen: [VanishedRecord], since fork: Seq) throws {
        for var record in seen {
            record.then = try present(record.seen.id, kind: record.kind)
            try forgetReplaced(&record, since: fork)
            guard try loss(of: record) != nil else {
                try forgetVanished(record.seen.id)
                continue
            }
            var query = try Query(
                database,
                """
                INSERT OR REPLACE INTO vanished (record, kind, epoch, scope, seq, deleted, fields,
                is_known, known_deleted, known_fields, author, written_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
            query.bind(record.seen.id)
            query.bind(record.kind.name)
            query.bind(record.epoch)
            query.bind(record.seen.scope.code)
            query.bind(record.seen.seq)
            query.bind(record.seen.isDeleted)
            query.bind(tables.encodedFields(of: record.seen, kind: record.kind))
            query.bind(record.then != nil)
            query.bind(record.then?.isDeleted ?? false)
            query.bind(tables.encodedFields(of: record.then, kind: record.kind))
            query.bind(record.author)
            query.bind(record.writtenAt?.milliseconds)
            try query.run()
        }
    }

    /// What somebody has written in the new history stands in the place of what was seen: it is no loss. Only where it was
    /// typed before what was seen, and has only been handed in again, it is.
    private func forgetReplaced(_ record: inout VanishedRecord, since fork: Seq) throws {
        guard let then = record.then, case .fields(let lost) = record.loss(now: then) else { return }
        let written = try writers(of: record.seen.id, after: fork)
        for field in lost {
            guard let time = written.last(where: { $0.fields?.contains(field) ?? true })?.time else { continue }
            let isNewer = record.writtenAt.map { time > $0 } ?? true
            if isNewer || record.seen.value(field, in: record.kind).isNull {
                let value = then.value(field, in: record.kind)
                record.seen.assign(value, to: FieldKey(field: field), in: record.kind)
            }
        }
    }

    /// What is here of a record. An own edit of a record that the township does not hold is not the record.
    private func present(_ id: RecordID, kind: KindSchema) throws -> Record? {
        let (shadow, working) = try states(of: id, kind: kind)
        guard shadow == .absent, working != nil else { return working }
        let isCreatedHere = try overlay(of: id).contains { number in
            try outboxSet(number)?.sealed.set.changes.contains { $0.record == id && $0.operation == .create } ?? false
        }
        return isCreatedHere ? working : nil
    }

    /// What vanished and is not back, in the order in which it can be typed again: what others hang below comes first.
    package func vanished() throws -> [(record: VanishedRecord, loss: VanishedRecord.Loss)] {
        try keptAside().compactMap { record in
            let record = try followed(record)
            return try loss(of: record).map { (record, $0) }
        }
    }

    /// What of it is not here now; `nil` when it is back, or something newer stands in its place.
    package func loss(of record: VanishedRecord) throws -> VanishedRecord.Loss? {
        let loss = try followed(record).loss(now: try present(record.seen.id, kind: record.kind))
        // Whether it is deleted is before a person, or was: that stands in the place of what was seen.
        if loss == .deletion, try isDeletionInQuestion(record.seen.id) { return nil }
        return loss
    }

    /// The same, over what has come since the township's new picture: what was typed before that which was seen, and has only
    /// been handed in late, does not stand in its place.
    private func followed(_ record: VanishedRecord) throws -> VanishedRecord {
        guard let now = try present(record.seen.id, kind: record.kind), !now.isDeleted, !record.seen.isDeleted,
            try overlay(of: now.id).isEmpty
        else { return record }
        var (followed, then) = (record, record.then ?? now)
        for (index, field) in record.kind.fields.enumerated() where field.derivation == nil {
            let present = now.values[index]
            guard present != record.seen.values[index], record.then.map({ $0.values[index] != present }) ?? true else {
                continue
            }
            if field.isSet { followed.seen.values[index] = Self.rejoined(record, index, over: present) }
            let isReplaced =
                try field.isSet ? followed.seen.values[index] == present : isNewer(field.name, than: record)
            then.values[index] = isReplaced ? followed.seen.values[index] : present
        }
        followed.then = then
        return followed
    }

    /// A set with what was lost of it, and without what had been taken out.
    private static func rejoined(_ record: VanishedRecord, _ index: Int, over present: Value) -> Value {
        let (seen, then) = (record.seen.values[index].elements, record.then?.values[index].elements ?? [])
        let missing = seen.filter { !then.contains($0) && !present.elements.contains($0) }
        let kept = present.elements.filter { seen.contains($0) || !then.contains($0) }
        if missing.isEmpty, kept.count == present.elements.count { return present }
        return Value.list((kept + missing).sorted()).normalised
    }

    /// Whether what stands in the field was written later than what was seen, or nothing was; true where it is not known.
    private func isNewer(_ field: String, than record: VanishedRecord) throws -> Bool {
        guard let writtenAt = record.writtenAt, !record.seen.value(field, in: record.kind).isNull else { return true }
        if try lastOwnWrite(of: field, in: record.seen.id).map({ $0 > writtenAt }) ?? false { return true }
        let written = try writers(of: record.seen.id, after: 0)
        return written.last { $0.fields?.contains(field) ?? true }.map { $0.time > writtenAt } ?? true
    }

    /// Own sets are in no page.
    private func lastOwnWrite(of field: String, in record: RecordID) throws -> Instant? {
        var query = try Query(database, "SELECT number FROM own_change WHERE record = ?")
        query.bind(record)
        return try query.all { $0.uint64(0) }.compactMap { number -> Instant? in
            guard let set = try outboxSet(number)?.sealed.set,
                set.changes.contains(where: { $0.record == record && $0.edits.contains { $0.field == field } })
            else { return nil }
            return set.time.instant
        }.max()
    }

    /// Who wrote a record after a seq, oldest first; `fields` is `nil` for all of them.
    private func writers(of record: RecordID, after seq: Seq) throws -> [(time: Instant, fields: Set<String>?)] {
        var query = try Query(
            database,
            """
            SELECT w.time, s.edits FROM seen s JOIN writer w ON w.seq = s.seq WHERE s.record = ? AND s.seq > ?
            ORDER BY s.seq
            """)
        query.bind(record)
        query.bind(seq)
        return try query.all { row in
            (
                HybridTime(rawValue: row.uint64(0)).instant,
                row.isNull(1) ? nil : Set(try tables.codec.decode(effects: row.bytes(1)).map(\.field))
            )
        }
    }

    private func isDeletionInQuestion(_ record: RecordID) throws -> Bool {
        try tables.conflicts(in: database, includeClosed: true, of: record).contains { conflict in
            conflict.value("field", in: ConflictRecord.kind).text == Effect.deleted
        }
    }

    /// Forgets what is back, or has something newer in its place. While own work on it waits, that is not known.
    package func forgetReturned() throws {
        for record in try keptAside() where try overlay(of: record.seen.id).isEmpty {
            if try loss(of: record) == nil { try forgetVanished(record.seen.id) }
        }
    }

    /// A person has looked at it: it need not come back.
    package func forgetVanished(_ id: RecordID) throws {
        var query = try Query(database, "DELETE FROM vanished WHERE record = ?")
        query.bind(id)
        try query.run()
    }

    private func keptAside() throws -> [VanishedRecord] {
        let sql = """
            SELECT record, kind, epoch, scope, seq, deleted, fields, is_known, known_deleted, known_fields, author,
            written_at FROM vanished ORDER BY record
            """
        let kept = try Query(database, sql).all { row -> VanishedRecord? in
            guard let kind = schema.kind(row.text(1)) else { return nil }
            var seen = Record(
                id: row.id(0), kind: kind, scope: Scope(row.text(3)), seq: row.uint64(4), isDeleted: row.bool(5))
            var then = Record(id: seen.id, kind: kind, scope: seen.scope, isDeleted: row.bool(8))
            do {
                try tables.assign(encodedFields: row.bytes(6), to: &seen, kind: kind)
                try tables.assign(encodedFields: row.bytes(9), to: &then, kind: kind)
            } catch {
                // Damaged where it is kept: a reminder that cannot be read must not stop the work that it reminds of.
                return nil
            }
            return VanishedRecord(
                seen: seen, kind: kind, epoch: row.id(2), then: row.bool(7) ? then : nil, author: row.text(10),
                writtenAt: row.isNull(11) ? nil : Instant(milliseconds: row.int64(11)))
        }
        let order = Dictionary(uniqueKeysWithValues: schema.kinds.enumerated().map { ($1.name, $0) })
        return kept.compactMap(\.self).sorted {
            (order[$0.kind.name] ?? 0, $0.seen.id) < (order[$1.kind.name] ?? 0, $1.seen.id)
        }
    }
}
