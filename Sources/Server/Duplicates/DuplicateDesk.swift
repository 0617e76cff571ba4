import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// What a clerk decides of a duplicate. Nothing is deleted: the record that is not kept becomes an alias of the other,
/// what refers to it is read as referring to the other, and taking the decision back clears the alias.
struct DuplicateDesk {
    let township: Township

    /// What an acceptance did.
    struct Merge {
        /// The records that became aliases.
        var merged: [RecordID] = []
        /// Items that were on record twice with different values: the kept one's values stand.
        var differing: [(kept: RecordID, merged: RecordID, fields: [String])] = []
        var seq: Seq = 0
    }

    /// Merges the two; of a household also its people with the same number, and the items that are the same thing.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a finding that is no proposal to merge, and for a record to
    ///   keep that is neither; ``Problem/Code/nothingToChange`` when it is not open.
    func accept(_ id: String, keep: String, act: Desk.Act) throws -> Merge {
        try township.write(act) { transaction, act in
            let reader = DuplicateReader(tables: transaction.tables, database: transaction.database)
            let item = try reader.item(id)
            guard item.state == .open else { throw Self.decided(item) }
            guard item.rule != .twoProgrammes else {
                throw Problem(
                    .badValue, id,
                    explanation: Label(
                        zh: "两项救助不能合并：停发其中一项，或用 duplicate dismiss 说明理由",
                        en: "Two benefits are not merged: stop one of them, or dismiss this with a reason"))
            }
            guard let kept = item.subjects.first(where: { $0.record.id == RecordID(keep) }),
                let dropped = item.subjects.first(where: { $0.record.id != kept.record.id })
            else {
                throw Problem(
                    .badValue, "--keep",
                    explanation: Label(zh: "请写两条记录之一的编号", en: "Give the id of one of the two records"))
            }
            for subject in [kept, dropped]
            where subject.record.isDeleted || subject.record.mergedInto(in: subject.kind) != nil {
                throw Problem(.nothingToChange, subject.record.id.description)
            }
            let merger = DuplicateMerger(kept: kept.record, dropped: dropped.record, transaction: transaction)
            var (merge, drafts) = try merger.merge()
            drafts.append(decision(item, .merged, kept: kept.record.id, act: act))
            merge.seq = try township.desk.act(drafts, act, in: transaction)?.seq ?? 0
            return merge
        }
    }

    /// It is none, and is not proposed again.
    func dismiss(_ id: String, act: Desk.Act) throws -> Seq {
        try township.write(act) { transaction, act in
            let item = try DuplicateReader(tables: transaction.tables, database: transaction.database).item(id)
            guard item.state == .open else { throw Self.decided(item) }
            let draft = decision(item, .notDuplicate, kept: nil, act: act)
            return try township.desk.act([draft], act, in: transaction)?.seq ?? 0
        }
    }

    /// Takes a decision back: the aliases that it made are cleared.
    func reopen(_ id: String, act: Desk.Act) throws -> Merge {
        try township.write(act) { transaction, act in
            let item = try DuplicateReader(tables: transaction.tables, database: transaction.database).item(id)
            guard item.state == .merged || item.state == .notDuplicate else { throw Self.decided(item) }
            var drafts: [Draft] = []
            if let kept = item.subjects.first(where: { $0.record.id == item.value("kept").recordID }),
                let dropped = item.subjects.first(where: { $0.record.id != kept.record.id })
            {
                drafts = try DuplicateMerger(kept: kept.record, dropped: dropped.record, transaction: transaction)
                    .parting()
            }
            var merge = Merge(merged: drafts.map(\.record))
            drafts.append(decision(item, .open, kept: nil, act: act))
            merge.seq = try township.desk.act(drafts, act, in: transaction)?.seq ?? 0
            return merge
        }
    }

    private static func decided(_ item: DuplicateReader.Item) -> Problem {
        Problem(
            .nothingToChange, item.record.id.description,
            explanation: Label(
                zh: "这条疑似重复的状态是“\(item.state.label.zh)”", en: "This duplicate is \(item.state.label.en)"))
    }

    private func decision(
        _ item: DuplicateReader.Item, _ state: DuplicateRecord.State, kept: RecordID?, act: Desk.Act
    ) -> Draft {
        Draft(
            kind: DuplicateRecord.kind, record: item.record.id, operation: .edit,
            writes: [
                .set("state", .text(state.rawValue)), .set("kept", kept.map { .text($0.description) } ?? .null),
                .set("decided_by", .text(act.author)), .set("decided_at", .time(act.now)),
                .set("reason", .text(act.reason)),
            ])
    }
}

/// Which records become aliases when two are merged, and which stop being it.
struct DuplicateMerger {
    let kept: SyncEngine.Record
    let dropped: SyncEngine.Record
    let transaction: AuthorityTransaction

    func merge() throws -> (DuplicateDesk.Merge, [Draft]) {
        var merge = DuplicateDesk.Merge()
        let (ours, theirs) = (try standing(below: kept), try standing(below: dropped))
        var canonical: [RecordID: RecordID] = [dropped.id: kept.id]
        for person in theirs where person.kind.name == memberKind.name {
            guard let number = person.text("id_number").flatMap({ IdentityNumber.person($0) }) else { continue }
            let same = ours.first { other in
                other.kind.name == memberKind.name
                    && other.text("id_number").flatMap({ IdentityNumber.person($0) }) == number
            }
            if let same { canonical[person.record.id] = same.record.id }
        }
        for item in theirs where !item.kind.naturalKeys.isEmpty {
            guard let same = ours.first(where: { isSameThing($0, item, canonical) }) else { continue }
            canonical[item.record.id] = same.record.id
            let fields = item.kind.storedFields.map(\.name).filter { name in
                !Self.places.contains(name) && item.value(name) != same.value(name)
            }
            if !fields.isEmpty {
                merge.differing.append((kept: same.record.id, merged: item.record.id, fields: fields))
            }
        }
        let all = [Linked(dropped)].compactMap { $0 } + theirs
        let drafts = all.compactMap { linked in
            canonical[linked.record.id].map { alias(linked, of: $0) }
        }
        merge.merged = drafts.map(\.record)
        try checkConflicts(of: merge.merged)
        return (merge, drafts + deaths(of: all, in: canonical, kept: [Linked(kept)].compactMap { $0 } + ours))
    }

    /// A difference of which nobody has decided would go out of sight with the record.
    private func checkConflicts(of records: [RecordID]) throws {
        for record in records where try !transaction.openConflicts(of: record).isEmpty {
            throw Problem(
                .badValue, record.description,
                explanation: Label(
                    zh: "要并入的记录还有未决冲突：先处理冲突，再合并",
                    en: "The record that would be merged has an open conflict: decide it first, then merge"))
        }
    }

    /// Whoever has died on one of two records has died (R22): the day goes with him.
    private func deaths(of merged: [Linked], in canonical: [RecordID: RecordID], kept: [Linked]) -> [Draft] {
        merged.compactMap { person in
            let day = person.value("death_date")
            guard person.kind.name == memberKind.name, !day.isNull,
                let same = kept.first(where: { $0.record.id == canonical[person.record.id] }),
                same.value("death_date").isNull
            else { return nil }
            return Draft(
                kind: memberKind, record: same.record.id, operation: .edit, writes: [.set("death_date", day)])
        }
    }

    /// The aliases that ``merge()`` made.
    func parting() throws -> [Draft] {
        let ours = Set([kept.id] + (try below(kept)).map(\.record.id))
        return ([Linked(dropped)].compactMap { $0 } + (try below(dropped))).filter { linked in
            linked.record.mergedInto(in: linked.kind).map(ours.contains) ?? false
        }.map { alias($0, of: nil) }
    }

    /// Where an item hangs says nothing of the thing itself.
    private static let places: Set<String> = ["household", "member", "owner", KindSchema.aliasField]

    private func alias(_ linked: Linked, of canonical: RecordID?) -> Draft {
        Draft(
            kind: linked.kind, record: linked.record.id, operation: .edit,
            writes: [.set(KindSchema.aliasField, canonical.map { .text($0.description) } ?? .null)])
    }

    private func below(_ record: SyncEngine.Record) throws -> [Linked] {
        try CalculationInput.records(below: record) { try transaction.dependents(of: $0) }
            .filter { !$0.isDeleted }.compactMap(Linked.init).sorted { $0.record.id < $1.record.id }
    }

    private func standing(below record: SyncEngine.Record) throws -> [Linked] {
        try below(record).filter { $0.record.mergedInto(in: $0.kind) == nil }
    }

    private func isSameThing(_ a: Linked, _ b: Linked, _ canonical: [RecordID: RecordID]) -> Bool {
        guard a.kind.name == b.kind.name else { return false }
        func value(_ linked: Linked, _ field: String) -> Value {
            let value = linked.value(field)
            return value.recordID.flatMap { canonical[$0] }.map { .text($0.description) } ?? value
        }
        return a.kind.naturalKeys.contains { key in
            key.required.allSatisfy { !a.value($0).isNull }
                && key.fields.allSatisfy { value(a, $0) == value(b, $0) }
        }
    }
}
