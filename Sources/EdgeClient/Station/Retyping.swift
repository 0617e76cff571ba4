import CommandSupport
import RecordStore
import SyncEngine

/// Types again what a restored township lacks, as it was seen here.
struct Retyping {
    let station: Station
    let author: String
    let reason: String

    /// Each record becomes a set of its own; all are committed, or none.
    ///
    /// The sets' base is what the station had seen in the history that is over: whoever else brings the same back, its
    /// author or another station, says the same once more, and what differs is for a person to decide.
    /// - Parameter ids: none means all that a station may write.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for an id that is not among what vanished;
    ///   ``Problem/Code/deskOnly`` for one that the desk wrote; what the rules of today say against it, with the record's
    ///   id.
    func retype(_ ids: Set<RecordID>) throws -> [Recorded] {
        try station.checkFreeSpace()
        let now = station.clock()
        return try station.replica.write { transaction in
            let chosen = try transaction.vanished(ids)
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            return try chosen.compactMap { record, _ in
                // What hangs below a record is deleted with it.
                guard let loss = try transaction.loss(of: record) else { return nil }
                guard record.isWritable(loss) else {
                    if ids.isEmpty { return nil }
                    throw Problem(
                        .deskOnly, record.seen.id.description,
                        hint: Label(
                            zh: "这是镇街自己办的，请告诉镇街再办一次。",
                            en: "The township did this itself: tell it, so that it is done again."))
                }
                let number = try commit(record, loss, by: capture, in: transaction, at: now)
                return Recorded(id: record.seen.id, kind: record.kind.name, set: number)
            }
        }
    }

    private func commit(
        _ record: VanishedRecord, _ loss: VanishedRecord.Loss, by capture: Capture<ReplicaTransaction>,
        in transaction: ReplicaTransaction, at now: Instant
    ) throws -> UInt64? {
        let position = try transaction.position()
        let draft = record.draft(of: loss)
        do {
            let prepared = try capture.prepare([draft], position: position)
            guard !prepared.changes.isEmpty else { return nil }
            let act = Capture<ReplicaTransaction>.Act(
                author: author, reason: reason, observedOn: Station.visitDay(of: [draft]), now: now)
            // A township that went back in the same history does not know that place of it any more.
            let base = record.epoch == position.epoch ? position.base : record.base
            return try capture.append(
                prepared.changes, act: act, position: position, base: base, codec: station.codec
            ).set.number
        } catch let problem as Problem {
            throw Problem(
                problem.code, "\(record.seen.id): \(problem.subject)", explanation: problem.explanation,
                hint: Label(
                    zh: "这一条没有办法重新录入，全部没有保存；其余的请逐条写编号录入。",
                    en: "This one cannot be typed again, and none was saved: name the others by their ids."))
        }
    }
}

extension VanishedRecord {
    /// What brings back what was lost.
    fileprivate func draft(of loss: Loss) -> Draft {
        func writes(_ isWanted: (_ name: String, _ value: Value) -> Bool) -> [FieldWrite] {
            writable.map { ($0.name, seen.value($0.name, in: kind)) }.filter(isWanted).map { .set($0, $1) }
        }
        switch loss {
        case .record:
            return Draft(kind: kind, record: seen.id, operation: .create, writes: writes { !$1.isNull })
        case .deletion:
            return Draft(kind: kind, record: seen.id, operation: .delete)
        case .fields(let names):
            return Draft(
                kind: kind, record: seen.id, operation: .edit, writes: writes { name, _ in names.contains(name) })
        }
    }
}

extension ReplicaTransaction {
    /// What vanished of these, in the order in which it can be typed again; of all, when none is named.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    func vanished(_ ids: Set<RecordID>) throws -> [(record: VanishedRecord, loss: VanishedRecord.Loss)] {
        let all = try vanished()
        if ids.isEmpty { return all }
        let known = Set(all.map(\.record.seen.id))
        if let unknown = ids.subtracting(known).sorted().first {
            throw Problem(
                .unknownRecord, unknown.description,
                hint: Label(zh: "不见的记录用 ruhu vanished list 查看。", en: "See what vanished with ruhu vanished list."))
        }
        return all.filter { ids.contains($0.record.seen.id) }
    }
}
