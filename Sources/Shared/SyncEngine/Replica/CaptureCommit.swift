/// Commits what a person did: the set is encoded once, numbered, chained, and shown at once.
extension Capture where Store: ReplicaStore {
    /// Who acts, why and when.
    package struct Act: Sendable {
        package var author: String
        package var reason: String
        package var intent: Intent
        package var observedOn: CalendarDay?
        package var now: Instant

        package init(
            author: String, reason: String = "", intent: Intent = .record, observedOn: CalendarDay? = nil, now: Instant
        ) {
            self.author = author
            self.reason = reason
            self.intent = intent
            self.observedOn = observedOn
            self.now = now
        }
    }

    /// Prepares and commits one set inside the store's transaction.
    /// - Returns: the sealed set and the rules' warnings; `nil` for the set when nothing changes.
    /// - Throws: ``Problem``, as ``prepare(_:position:)``; ``Problem/Code/setTooLarge``; the store's errors.
    package func commit(
        _ drafts: [Draft], act: Act, codec: any ChangeCodec
    ) throws -> (sealed: SealedSet?, warnings: [Finding]) {
        let position = try store.position()
        let prepared = try prepare(drafts, position: position)
        guard !prepared.changes.isEmpty else { return (nil, prepared.warnings) }
        let sealed = try append(prepared.changes, act: act, position: position, base: position.base, codec: codec)
        return (sealed, prepared.warnings)
    }

    /// Seals, appends and shows a set whose changes are already worked out.
    package func append(
        _ changes: [Change], act: Act, position: ReplicaPosition, base: Base, codec: any ChangeCodec
    ) throws -> SealedSet {
        let last = try store.lastOutboxSet()
        var clock = HybridClock(latest: last.time)
        let set = ChangeSet(
            device: position.device, number: last.number + 1, time: clock.tick(now: act.now), author: act.author,
            reason: act.reason, schemaVersion: store.schema.version, base: base, observedOn: act.observedOn,
            intent: act.intent, changes: changes)
        try SetValidation.check(set, schema: store.schema, isDesk: isDesk, context: context)
        let bytes = codec.encode(set)
        guard bytes.count <= Limits.setBytes else { throw Problem(.setTooLarge, "\(bytes.count)") }
        let sealed = SealedSet(set: set, bytes: bytes, after: last.hash)
        let states = try changes.map { change in try state(before: change) }
        try store.append(sealed)
        var shown: Set<RecordID> = []
        for (change, state) in zip(changes, states) {
            var state = state
            // A record that an earlier change of this set has touched is no longer as it was before the set.
            if !shown.insert(change.record).inserted {
                state.working = try store.working(change.record, kind: state.kind)
            }
            try show(change, of: set, state: state, position: position)
        }
        return sealed
    }

    private struct State {
        let kind: KindSchema
        var working: Record?
        let shadow: Shadow
    }

    private func state(before change: Change) throws -> State {
        guard let kind = store.schema.kind(change.kind) else { throw Problem(.unknownKind, change.kind) }
        let (shadow, working) = try store.states(of: change.record, kind: kind)
        return State(kind: kind, working: working, shadow: shadow)
    }

    private func show(_ change: Change, of set: ChangeSet, state: State, position: ReplicaPosition) throws {
        var only = set
        only.changes = [change]
        var scope = position.scopes.first ?? Scope("")
        if change.operation == .create, !state.kind.parents.isEmpty {
            var draft = Record(id: change.record, kind: state.kind, scope: scope)
            for edit in change.edits { draft.assign(edit.new, to: edit.key, in: state.kind) }
            scope = try parentScope(of: draft, kind: state.kind) ?? scope
        }
        let working = Overlay.replay([only], onto: state.working, id: change.record, kind: state.kind, scope: scope)
        try store.save(
            change.record, kind: state.kind, replacing: state.working, working: working, shadow: state.shadow,
            isOverlaid: true)
    }

    /// The scope of the first parent that is here.
    private func parentScope(of record: Record, kind: KindSchema) throws -> Scope? {
        for parent in kind.parents {
            guard let id = record.value(parent.field, in: kind).recordID else { continue }
            for kind in parent.kind.flatMap({ store.schema.kind($0) }).map({ [$0] }) ?? store.schema.kinds {
                if let found = try store.working(id, kind: kind) { return found.scope }
            }
        }
        return nil
    }

    // MARK: - Amend and withdraw

    /// Corrects an own quarantined set: its changes with `writes` in place of what was wrong. Bases are kept; fields
    /// that have later own edits are dropped, for those say more.
    /// - Throws: ``Problem`` ``Problem/Code/notQuarantined``; what a new set would.
    package func amend(
        _ number: UInt64, record: RecordID?, writes: [FieldWrite], act: Act, codec: any ChangeCodec
    ) throws -> SealedSet {
        let refused = try refusedSet(number)
        var act = act
        act.intent = .amend(number)
        act.observedOn = refused.observedOn
        let later = try laterEdits(after: number)
        var changes: [Change] = []
        for (index, original) in refused.changes.enumerated() {
            var change = original
            change.edits.removeAll { later[change.record]?.contains($0.key) ?? false }
            if record == original.record || (record == nil && index == 0) {
                // A deletion has no values: what is typed for it would be shown nowhere.
                if change.operation == .delete, !writes.isEmpty {
                    throw Problem(.recordDeleted, change.record.description)
                }
                try replace(writes, in: &change)
            }
            if change.operation != .edit || !change.edits.isEmpty { changes.append(change) }
        }
        guard !changes.isEmpty else { throw Problem(.nothingToChange) }
        let position = try store.position()
        return try append(changes, act: act, position: position, base: refused.base, codec: codec)
    }

    /// Takes an own quarantined set back.
    /// - Throws: ``Problem`` ``Problem/Code/notQuarantined``.
    package func withdraw(_ number: UInt64, act: Act, codec: any ChangeCodec) throws -> SealedSet {
        let refused = try refusedSet(number)
        var act = act
        act.intent = .withdraw(number)
        let position = try store.position()
        return try append([], act: act, position: position, base: refused.base, codec: codec)
    }

    private func refusedSet(_ number: UInt64) throws -> ChangeSet {
        guard let sent = try store.outboxSet(number), sent.outcome?.result == .quarantined, try !isClosed(number) else {
            throw Problem(.notQuarantined, "\(number)")
        }
        return sent.sealed.set
    }

    private func isClosed(_ number: UInt64) throws -> Bool {
        let last = try store.lastOutboxSet().number
        guard last > number else { return false }
        for later in number + 1...last {
            switch try store.outboxSet(later)?.sealed.set.intent {
            case .amend(number), .withdraw(number): return true
            default: continue
            }
        }
        return false
    }

    /// The fields that own sets after `number` wrote, by record.
    private func laterEdits(after number: UInt64) throws -> [RecordID: Set<FieldKey>] {
        var result: [RecordID: Set<FieldKey>] = [:]
        let last = try store.lastOutboxSet().number
        guard last > number else { return result }
        for later in number + 1...last {
            guard let sent = try store.outboxSet(later), sent.outcome?.result != .quarantined else { continue }
            for change in sent.sealed.set.changes {
                result[change.record, default: []].formUnion(change.edits.map(\.key))
            }
        }
        return result
    }

    private func replace(_ writes: [FieldWrite], in change: inout Change) throws {
        guard let kind = store.schema.kind(change.kind) else { throw Problem(.unknownKind, change.kind) }
        for write in writes {
            guard let field = kind.field(write.field) else {
                throw Problem(.unknownField, "\(kind.name).\(write.field)")
            }
            let edit: Edit
            switch write {
            case .set(let name, let value) where !field.isSet:
                let known = change.edits.first { $0.field == name }
                edit = Edit(name, old: known?.old ?? .null, new: value.normalised, base: known?.base)
            case .add(let name, let element): edit = Edit(name, element: element, new: .text(element))
            case .remove(let name, let element): edit = Edit(name, element: element, old: .text(element), new: .null)
            case .set(let name, let value):
                change.edits.removeAll { $0.field == name }
                change.edits += value.elements.map { Edit(name, element: $0, new: .text($0)) }
                continue
            }
            change.edits.removeAll { $0.key == edit.key }
            change.edits.append(edit)
        }
    }
}
