import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// What a clerk does about conflicts: decides one or several alike, takes a decision back, asks the village.
struct ConflictDesk {
    let township: Township

    enum Limit {
        /// Decided in one act.
        static let alike = 50
    }

    struct Decided {
        let id: RecordID
        let field: String
        let values: [Value]
        let seq: Seq
    }

    /// Makes the chosen value stand, and closes the conflict.
    /// - Parameter mayOverrule: whether what another has decided may be decided otherwise.
    /// - Throws: ``Problem``: ``Problem/Code/unknownConflict``, ``Problem/Code/conflictClosed``, ``Problem/Code/badValue``,
    ///   ``Problem/Code/notPermitted`` for another's decision.
    func decide(
        _ id: RecordID, _ choice: Resolution.Choice, mayOverrule: Bool = true, act: Desk.Act
    ) throws -> Decided {
        try township.write(act) { try decide(id, choice, mayOverrule, act: $1, in: $0) }
    }

    /// The same side of each, an act a conflict, all or none.
    /// - Throws: besides what ``decide(_:_:mayOverrule:act:)`` throws, ``Problem/Code/badValue`` when they are not about one
    ///   field.
    func decide(
        alike ids: [RecordID], _ side: Resolution.Side, mayOverrule: Bool, act: Desk.Act
    ) throws -> [Decided] {
        guard !ids.isEmpty, ids.count <= Limit.alike else {
            throw Problem(
                .badValue, "conflict",
                explanation: Label(
                    zh: "请勾选 1 到 \(Limit.alike) 项", en: "Choose 1 to \(Limit.alike) of them"))
        }
        return try township.write(act) { transaction, act in
            let subjects = try ids.map { try Resolution.subject(of: $0, in: transaction) }
            guard Set(subjects.map { "\($0.kind.name) \($0.key.field)" }).count == 1 else {
                throw Problem(
                    .badValue, "conflict",
                    explanation: Label(
                        zh: "一次只能处理同一个字段的冲突", en: "Only conflicts of one field are decided together"))
            }
            return try ids.map { try decide($0, .side(side), mayOverrule, act: act, in: transaction) }
        }
    }

    private func decide(
        _ id: RecordID, _ choice: Resolution.Choice, _ mayOverrule: Bool, act: Desk.Act,
        in transaction: AuthorityTransaction
    ) throws -> Decided {
        var act = act
        act.intent = .resolve(id)
        let subject = try Resolution.subject(of: id, in: transaction)
        if !mayOverrule {
            let reader = ConflictReader(tables: transaction.tables, database: transaction.database)
            if let decision = try reader.decision(on: subject), decision.author != act.author {
                throw Problem(.notPermitted, decision.author)
            }
        }
        try subject.checkUndecided(seen: act.seen)
        let values = try subject.values(of: choice)
        return Decided(
            id: id, field: subject.key.field, values: values,
            seq: try enter(values, subject, act, in: transaction))
    }

    private func enter(
        _ values: [Value], _ subject: Resolution.Subject, _ act: Desk.Act, in transaction: AuthorityTransaction
    ) throws -> Seq {
        let desk = township.desk
        if subject.isDeletion, values == [.bool(true)], !subject.record.isDeleted {
            let draft = Draft(kind: subject.kind, record: subject.record.id, operation: .delete)
            guard let outcome = try township.act([draft], act, in: transaction) else { throw Problem(.nothingToChange) }
            return outcome.seq
        }
        let head = try transaction.head()
        let base = Base(epoch: head.epoch, seq: act.seen ?? head.seq)
        let changes = try Resolution.changes(values, for: subject)
        let seq = try desk.decide(changes, act, base: base, in: transaction).seq
        let isMember = subject.kind.name == memberKind.name
        try township.duplicates.look(at: isMember ? [subject.record.id] : [], in: transaction, now: act.now)
        return seq
    }

    // MARK: - Taking back

    /// Makes stand again what stood before the decision: a further act, which names the one that it takes back.
    /// - Parameter mayOverrule: whether another's decision may be taken back too.
    /// - Throws: ``Problem``: ``Problem/Code/nothingToChange`` when the decision changed nothing or others have written
    ///   since, ``Problem/Code/notPermitted`` for another's decision.
    func undo(_ id: RecordID, mayOverrule: Bool, act: Desk.Act) throws -> Decided {
        try township.write(act) { transaction, act in
            let subject = try Resolution.subject(of: id, in: transaction)
            let reader = ConflictReader(tables: transaction.tables, database: transaction.database)
            guard let decision = try reader.decision(on: subject) else {
                throw Problem(.nothingToChange, id.description)
            }
            guard mayOverrule || decision.author == act.author else { throw Problem(.notPermitted, decision.author) }
            guard let former = decision.former else {
                throw Problem(
                    .nothingToChange, id.description,
                    explanation: Label(
                        zh: "这个决定没有改动现行值，或此后又有人改过，不能撤销",
                        en: "The decision changed nothing, or others have written since: there is nothing to take back")
                )
            }
            var act = act
            act.intent = .resolve(id)
            act.reason = "撤销第 \(decision.seq) 号决定：\(act.reason)"
            return Decided(
                id: id, field: subject.key.field, values: former,
                seq: try enter(former, subject, act, in: transaction))
        }
    }

    // MARK: - Asking

    /// Puts a question to the village: its stations get it as a task with their next sync.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a record of no household: no village has it.
    func ask(_ id: RecordID, text: String, act: Desk.Act) throws -> Seq {
        try township.write(act) { transaction, act in
            let subject = try Resolution.subject(of: id, in: transaction)
            let reader = ConflictReader(tables: transaction.tables, database: transaction.database)
            guard let household = try reader.household(of: subject.record, kind: subject.kind) else {
                throw Problem(
                    .badValue, id.description,
                    explanation: Label(
                        zh: "这条记录不属于哪一户，没有村可问", en: "The record is of no household: there is no village to ask"))
            }
            let writes: [FieldWrite] = [
                .set("household", .text(household.id.description)),
                .set("record", .text(subject.record.id.description)), .set("field", .text(subject.key.field)),
                .set("conflict", .text(id.description)), .set("text", .text(text)),
                .set("asked_by", .text(act.author)), .set("asked_on", .date(act.now.day)),
            ]
            let draft = Draft(
                kind: questionKind, record: act.newID(), operation: .create, writes: writes)
            guard let outcome = try township.desk.act([draft], act, in: transaction) else {
                throw Problem(.nothingToChange)
            }
            return outcome.seq
        }
    }
}
