/// Decides one change set against the authority: which values stand, which conflicts open or close, what moves. It
/// reads through a view, stages what it decides, and gives the mutations; nothing is written here.
///
/// Deterministic: the same set, view and context give the same decision.
package struct Decider<View: AuthorityView> {
    package struct Context: Sendable {
        package var epoch: EpochID
        /// The seq this set will have.
        package var seq: Seq
        /// The codes that belong to this authority.
        package var region: Scope
        package var now: Instant
        /// The set was written under an epoch that is over.
        package var isFromEarlierHistory: Bool

        package init(epoch: EpochID, seq: Seq, region: Scope, now: Instant, isFromEarlierHistory: Bool = false) {
            self.isFromEarlierHistory = isFromEarlierHistory
            self.epoch = epoch
            self.seq = seq
            self.region = region
            self.now = now
        }
    }

    let view: View
    let schema: Schema
    let set: ChangeSet
    let device: DeviceState
    let context: Context
    let isFlagged: Bool
    var mutations: [RecordMutation] = []
    private var indexByRecord: [RecordID: Int] = [:]
    private let read = ReadRecords()
    private(set) var hasConflict = false
    /// Every edit came to exactly what was typed, and nothing else happened.
    private(set) var isVerbatim = true
    /// Records whose deletion met a conflict: the deletions below them are void.
    var kept: Set<RecordID> = []

    private init(_ set: ChangeSet, by device: DeviceState, view: View, context: Context) {
        self.set = set
        self.device = device
        self.view = view
        self.context = context
        schema = view.schema
        isFlagged = HybridClock.isFlagged(set.time, now: context.now)
    }

    /// What the decision has read of its view, which stands still meanwhile.
    private final class ReadRecords {
        var byID: [RecordID: Record] = [:]
    }

    package struct Decision: Sendable {
        package var result: SetOutcome.Result
        package var isFlagged: Bool
        package var mutations: [RecordMutation]
    }

    /// - Returns: what the set comes to.
    /// - Throws: ``Problem`` when the set can never apply as it is (it belongs in quarantine); the view's errors.
    package static func decide(
        _ set: ChangeSet, by device: DeviceState, view: View, context: Context
    ) throws -> Decision {
        var decider = Decider(set, by: device, view: view, context: context)
        try decider.run()
        let result: SetOutcome.Result =
            decider.hasConflict ? .conflicted : decider.isVerbatim && !device.isDesk ? .verbatim : .applied
        return Decision(result: result, isFlagged: decider.isFlagged, mutations: decider.mutations)
    }

    private mutating func run() throws {
        let rules = RuleContext(today: context.now.day)
        try SetValidation.check(set, schema: schema, isDesk: device.isDesk, context: rules)
        for (index, change) in set.changes.enumerated() {
            guard let kind = schema.kind(change.kind) else { throw Problem(.unknownKind, change.kind) }
            switch change.operation {
            case .create: try create(change, at: index, kind: kind)
            case .edit: try edit(change, at: index, kind: kind)
            case .delete: try delete(change, at: index, kind: kind)
            }
            if kind.recordRule != nil, change.operation != .delete, let after = try record(change.record, kind: kind) {
                try SetValidation.check(record: after, kind: kind, context: rules)
            }
        }
        for index in mutations.indices { mutations[index].after.seq = context.seq }
        try admit()
    }

    // MARK: - Staging

    func record(_ id: RecordID, kind: KindSchema) throws -> Record? {
        if let index = indexByRecord[id] {
            let staged = mutations[index].after
            return staged.kind == kind.name ? staged : nil
        }
        if let known = read.byID[id], known.kind == kind.name { return known }
        let found = try view.record(id, kind: kind)
        if let found { read.byID[id] = found }
        return found
    }

    mutating func stage(_ after: Record, kind: KindSchema, before: Record?, effects: [Effect], verbatim: Int? = nil) {
        if let index = indexByRecord[after.id] {
            mutations[index].after = after
            if let first = mutations[index].verbatimChange {
                mutations[index].effects = set.changes[first].verbatimEffects
                mutations[index].verbatimChange = nil
            }
            // A change that says all there is to say was staged without effects: beside others it is spelled out.
            mutations[index].effects += verbatim.map { set.changes[$0].verbatimEffects } ?? effects
            isVerbatim = false
        } else {
            indexByRecord[after.id] = mutations.count
            mutations.append(
                RecordMutation(kind: kind, before: before, after: after, effects: effects, verbatimChange: verbatim))
        }
    }

    mutating func notVerbatim() { isVerbatim = false }

    mutating func stageDerived(_ after: Record, kind: KindSchema, before: Record?, effects: [Effect]) {
        isVerbatim = false
        stage(after, kind: kind, before: before, effects: effects)
    }

    /// Values that were not shown to the author: later than `base`, and not of the same station's chain. The desk's
    /// own later edits count, for two clerks with the same page open are two authors.
    func isUnseen(_ change: LoggedChange, base: Base) -> Bool {
        change.seq > base.seq && (device.isDesk || !device.owns(change.device, change.number))
    }

    func log(of record: Record, after base: Base) throws -> [LoggedChange] {
        guard record.seq > base.seq else { return [] }
        return try view.log(of: record.id, after: base.seq)
    }

    // MARK: - Create

    private mutating func create(_ change: Change, at index: Int, kind: KindSchema) throws {
        if try record(change.record, kind: kind) != nil {
            // After a restore it may have been found anew by the desk, under the id that the rule gives, or typed again by
            // somebody who had seen it. Where the two differ, a person decides.
            if context.isFromEarlierHistory { return try edit(change, at: index, kind: kind) }
            throw Problem(.recordExists, change.record.description)
        }
        var new = Record(id: change.record, kind: kind, scope: device.scopes.first ?? context.region)
        new.assign(change.edits, in: kind)
        try place(&new, kind: kind)
        if !device.scopes.cover(new.scope) { isVerbatim = false }
        if change.replacesNothing {
            stage(new, kind: kind, before: nil, effects: [], verbatim: index)
        } else {
            let effects = change.edits.map { Effect($0.field, element: $0.element, old: .null, new: $0.new, .applied) }
            stage(new, kind: kind, before: nil, effects: effects)
        }
        for key in kind.naturalKeys { try matchNaturalKey(key, new: new, change: change, kind: kind) }
        try meetDeparture(above: new, kind: kind, base: set.base)
        if kind.parents.isEmpty {
            for orphan in try view.orphans(of: new.id) where try isBelow(new, orphan) {
                try move(orphan, to: new.scope)
            }
        }
    }

    /// Whether a record hangs on the new one still: it may have been given another parent since it was written down.
    private func isBelow(_ parent: Record, _ orphan: Record) throws -> Bool {
        guard let kind = schema.kind(orphan.kind) else { return false }
        let record = try record(orphan.id, kind: kind) ?? orphan
        return kind.parents.contains { record.value($0.field, in: kind).recordID == parent.id }
    }

    /// Finds the scope of a new record and judges the author's right to it, at the base.
    private mutating func place(_ new: inout Record, kind: KindSchema) throws {
        if kind.parents.isEmpty {
            if let field = kind.scopeField, let code = new.value(field, in: kind).text { new.scope = Scope(code) }
            guard device.scopes.cover(new.scope) else { throw Problem(.outOfScope, new.scope.code) }
            return
        }
        guard let parent = try parent(of: new, kind: kind) else { return }
        let scopeThen = try view.movedScope(of: parent.id, at: set.base.seq) ?? parent.scope
        guard device.scopes.cover(scopeThen) || device.scopes.cover(parent.scope) else {
            throw Problem(.outOfScope, parent.scope.code)
        }
        new.scope = parent.scope
        for parent in kind.parents { try revive(parent, of: new, kind: kind) }
    }

    /// The record that the first set parent field names.
    /// - Returns: `nil` when it has not arrived; what arrives in any order is stored.
    /// - Throws: ``Problem`` when no parent is named, or the one named waits in quarantine.
    private func parent(of child: Record, kind: KindSchema) throws -> Record? {
        for parent in kind.parents {
            guard let id = child.value(parent.field, in: kind).recordID else { continue }
            if let (found, _) = try named(by: parent, of: child, kind: kind) { return found }
            if try view.isQuarantinedCreation(id, by: device.id) { throw Problem(.waitingForRecord, id.description) }
            return nil
        }
        throw Problem(.missingParent, kind.parents.map(\.field).joined(separator: ", "))
    }

    /// The record that this parent field names, where it is there.
    func named(
        by parent: ParentField, of child: Record, kind: KindSchema
    ) throws -> (record: Record, kind: KindSchema)? {
        guard let id = child.value(parent.field, in: kind).recordID else { return nil }
        for kind in parent.kind.flatMap({ schema.kind($0) }).map({ [$0] }) ?? schema.kinds {
            if let found = try record(id, kind: kind) { return (found, kind) }
        }
        return nil
    }

    /// What something is written below is there, or comes back.
    private mutating func revive(_ parent: ParentField, of child: Record, kind: KindSchema) throws {
        if let (above, aboveKind) = try named(by: parent, of: child, kind: kind) {
            _ = try live(above, kind: aboveKind)
        }
    }

    // MARK: - Edit

    private mutating func edit(_ change: Change, at index: Int, kind: KindSchema) throws {
        guard let before = try record(change.record, kind: kind) else { throw try missing(change.record) }
        try judgeRight(to: before, base: set.base)
        if device.isDesk, change.edits.isEmpty { return try keep(before, kind: kind) }
        let (effects, after) = try merge(change.edits, into: try live(before, kind: kind), kind: kind)
        let exact = zip(effects, change.edits).allSatisfy { effect, edit in
            effect.result == .applied && effect.old == edit.old && effect.new == edit.new
        }
        let isExact = exact && effects.count == change.edits.count
        if !isExact { isVerbatim = false }
        stage(after, kind: kind, before: before, effects: isExact ? [] : effects, verbatim: isExact ? index : nil)
        try followScope(from: before, to: after, kind: kind)
        try redirectAlias(change, of: after, kind: kind)
        try meetDeparture(above: after, kind: kind, base: set.base)
    }

    func judgeRight(to record: Record, base: Base) throws {
        if device.isDesk || device.scopes.cover(record.scope) { return }
        if let then = try view.movedScope(of: record.id, at: base.seq), device.scopes.cover(then) { return }
        throw Problem(.outOfScope, record.scope.code)
    }

    /// After a restore, a set that was decided before may arrive ahead of the one that creates its record.
    func missing(_ id: RecordID) throws -> Problem {
        let isAwaited =
            try context.isFromEarlierHistory || view.isQuarantinedCreation(id, by: device.id)
            || view.isAwaited(id, by: device.id)
        return Problem(isAwaited ? .waitingForRecord : .unknownRecord, id.description)
    }

    /// Decides every unit of `edits` against `record`.
    /// - Returns: the effects in the order of the edits, and the record after them.
    mutating func merge(
        _ edits: [Edit], into record: Record, kind: KindSchema
    ) throws -> (effects: [Effect], after: Record) {
        var after = record
        var effects: [Effect] = []
        let oldest = edits.map { $0.base ?? set.base }.min { $0.seq < $1.seq } ?? set.base
        let log = try self.log(of: record, after: oldest)
        let conflicts = try openConflicts(of: record)
        for unit in MergeUnit.units(of: edits, in: kind, defaultBase: set.base) {
            effects += try decide(unit, on: &after, kind: kind, log: log, conflicts: conflicts)
        }
        return (effects, after)
    }

    private func openConflicts(of record: Record) throws -> [Record] {
        guard record.seq > 0 else { return [] }
        return try view.openConflicts(of: record.id).map { try self.record($0.id, kind: ConflictRecord.kind) ?? $0 }
    }

    // MARK: - Scope

    private mutating func followScope(from before: Record, to after: Record, kind: KindSchema) throws {
        func hasChanged(_ field: String) -> Bool { before.value(field, in: kind) != after.value(field, in: kind) }
        for parent in kind.parents where hasChanged(parent.field) { try revive(parent, of: after, kind: kind) }
        if let field = kind.scopeField, hasChanged(field), let code = after.value(field, in: kind).text {
            let scope = Scope(code)
            guard context.region.covers(scope) else { throw Problem(.unknownScope, code) }
            try move(after, to: scope)
        } else if let old = kind.parents.first(where: { !before.value($0.field, in: kind).isNull }),
            hasChanged(old.field), let parent = try parent(of: after, kind: kind)
        {
            try move(after, to: parent.scope)
        }
    }

    /// Moves a record and everything below it.
    private mutating func move(_ moved: Record, to scope: Scope) throws {
        guard let kind = schema.kind(moved.kind), moved.scope != scope else { return }
        let before = try record(moved.id, kind: kind) ?? moved
        var after = before
        after.scope = scope
        let effect = Effect(
            Effect.scope, old: .text(before.scope.code), new: .text(scope.code), .derived)
        stageDerived(after, kind: kind, before: before, effects: [effect])
        for dependent in try view.dependents(of: moved) { try move(dependent, to: scope) }
    }

    mutating func markConflict() {
        hasConflict = true
        isVerbatim = false
    }
}
