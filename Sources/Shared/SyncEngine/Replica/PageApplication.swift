/// Applies one pull page to a replica, inside one transaction: outcomes, the device's own verbatim sets, the
/// records, and the cursor move together or not at all.
package struct PageApplication<Store: ReplicaStore> {
    let store: Store
    private var touched: [RecordID: State] = [:]
    /// In the order in which they were touched first.
    private var order: [State] = []

    /// A class, for it is changed many times and copied never.
    private final class State {
        let id: RecordID
        let kind: KindSchema
        let shadowBefore: Record?
        var shadow: Shadow
        let working: Record?

        init(_ id: RecordID, _ kind: KindSchema, shadow: Shadow, working: Record?) {
            self.id = id
            self.kind = kind
            shadowBefore = shadow.record
            self.shadow = shadow
            self.working = working
        }
    }

    /// - Returns: how many records the page stated.
    /// - Throws: ``Problem`` ``Problem/Code/badRequest`` for a page that does not follow the cursor, and
    ///   ``Problem/Code/epochChanged``; nothing is changed then. The store's errors.
    package static func apply(_ page: PullPage, to store: Store) throws -> Int {
        var position = try store.position()
        guard page.epoch == position.epoch else { throw Problem(.epochChanged) }
        guard page.isBootstrap || (page.from == position.cursor && page.to >= page.from) else {
            throw Problem(.badRequest, "from \(page.from), cursor \(position.cursor)")
        }
        var application = PageApplication(store: store)
        try application.apply(page, position: position)
        if !page.isBootstrap || page.bootstrapToken.isEmpty {
            position.cursor = page.to
            position.isBootstrapped = true
            try store.setPosition(position)
        }
        return page.records.count
    }

    /// Records what a push was answered. A set that was decided at or below the cursor, because it was offered again, is
    /// in the shadow already and leaves the overlay at once.
    package static func acknowledge(_ outcomes: [SetOutcome], in store: Store) throws {
        let position = try store.position()
        var application = PageApplication(store: store)
        try application.record(outcomes)
        let passed = try outcomes.filter { $0.seq <= position.cursor }.compactMap { try store.outboxSet($0.number) }
        try application.settle(
            passed.filter { $0.state == .decided }, foldVerbatim: false, scope: position.scopes.first ?? Scope(""))
        for state in application.order { try application.save(state, scope: position.scopes.first ?? Scope("")) }
    }

    private init(store: Store) { self.store = store }

    private mutating func apply(_ page: PullPage, position: ReplicaPosition) throws {
        try record(page.outcomes)
        if !page.isBootstrap || page.bootstrapToken.isEmpty {
            try settle(
                try store.unsettled(upTo: page.to), foldVerbatim: !page.isBootstrap,
                scope: position.scopes.first ?? Scope(""))
        }
        for delta in page.records { try apply(delta, writers: page.writers) }
        if !page.escrow.isEmpty || page.backupWatermark > 0 {
            try store.keepEscrow(page.escrow, of: page.epoch, watermark: page.backupWatermark)
        }
        for state in order { try save(state, scope: position.scopes.first ?? Scope("")) }
    }

    /// A set that is decided anew lies on its records again; they are loaded as they are without it.
    private mutating func record(_ outcomes: [SetOutcome]) throws {
        for again in try store.settled(outcomes) { try load(recordsOf: again) }
        try store.record(outcomes, state: .decided)
    }

    private mutating func load(recordsOf sent: OutboxSet) throws {
        for change in sent.sealed.set.changes {
            if let kind = store.schema.kind(change.kind) { _ = try load(change.record, kind: kind) }
        }
    }

    private mutating func settle(_ all: [OutboxSet], foldVerbatim: Bool, scope: Scope) throws {
        guard !all.isEmpty else { return }
        // Loaded as they are while the sets still lie on them.
        for sent in all { try load(recordsOf: sent) }
        try store.settle(all.map(\.sealed.set.number))
        for sent in all { try fold(sent, foldVerbatim: foldVerbatim, scope: scope) }
    }

    private mutating func fold(_ sent: OutboxSet, foldVerbatim: Bool, scope: Scope) throws {
        for change in sent.sealed.set.changes {
            guard let kind = store.schema.kind(change.kind) else { continue }
            let state = try load(change.record, kind: kind)
            if foldVerbatim, let outcome = sent.outcome, outcome.result == .verbatim {
                let home = try self.scope(of: change, kind: kind, working: state.working, fallback: scope)
                if let folded = Overlay.fold(
                    change, at: outcome.seq, into: state.shadow.record, kind: kind, scope: home)
                {
                    state.shadow = .present(folded)
                }
            }
        }
    }

    private func scope(of change: Change, kind: KindSchema, working: Record?, fallback: Scope) throws -> Scope {
        working?.scope ?? fallback
    }

    private mutating func load(_ id: RecordID, kind: KindSchema) throws -> State {
        if let known = touched[id] { return known }
        let (shadow, working) = try store.states(of: id, kind: kind)
        let state = State(id, kind, shadow: shadow, working: working)
        touched[id] = state
        order.append(state)
        return state
    }

    private mutating func apply(_ delta: RecordDelta, writers: [Writer]) throws {
        guard let kind = store.schema.kind(delta.kind) else { return try store.hold(delta) }
        let state = try load(delta.id, kind: kind)
        switch delta.form {
        case .leave:
            state.shadow = .left
        case .whole:
            var record = Record(
                id: delta.id, kind: kind, scope: delta.scope, seq: delta.seq, isDeleted: delta.isDeleted)
            record.assign(delta.fields, in: kind)
            try remember(delta, of: nil, writers: writers, kind: kind)
            state.shadow = .present(record)
        case .changes:
            guard var record = state.shadow.record else {
                // A bootstrap does not state what was deleted before it; what is done to it later changes nothing.
                if delta.isDeleted { return }
                throw Problem(.badRequest, "changes of a record that was never stated: \(delta.id)")
            }
            try remember(delta, of: record, writers: writers, kind: kind)
            for field in delta.fields { record.assign(field.value, to: field.key, in: kind) }
            record.scope = delta.scope
            record.seq = delta.seq
            record.isDeleted = delta.isDeleted
            state.shadow = .present(record)
        }
    }

    /// Keeps who wrote what. A record stated whole by one writer needs no list of its fields.
    private func remember(_ delta: RecordDelta, of before: Record?, writers: [Writer], kind: KindSchema) throws {
        let isWhole = before == nil && delta.deletions.isEmpty
        if isWhole, let first = delta.fields.first, delta.fields.allSatisfy({ $0.writer == first.writer }) {
            if writers.indices.contains(first.writer) {
                try store.remember(nil, of: delta.id, by: writers[first.writer])
            }
            return
        }
        var byWriter: [Int: [Effect]] = [:]
        var order: [Int] = []
        func note(_ effect: Effect, by writer: Int) {
            if byWriter[writer] == nil { order.append(writer) }
            byWriter[writer, default: []].append(effect)
        }
        for deletion in delta.deletions {
            let (old, new) = (Value.bool(!deletion.isDeleted), Value.bool(deletion.isDeleted))
            note(Effect(Effect.deleted, old: old, new: new, .applied), by: deletion.writer)
        }
        for field in delta.fields {
            let old = before?.value(field.key, in: kind) ?? .null
            note(
                Effect(field.key.field, element: field.key.element, old: old, new: field.value, .applied),
                by: field.writer)
        }
        for writer in order where writers.indices.contains(writer) {
            try store.remember(byWriter[writer] ?? [], of: delta.id, by: writers[writer])
        }
    }

    /// Works out what the user sees, and writes it.
    private func save(_ state: State, scope: Scope) throws {
        let id = state.id
        let numbers = try store.overlay(of: id)
        if state.shadow.record != state.shadowBefore {
            try store.digest(replacing: state.shadowBefore, with: state.shadow.record, kind: state.kind)
        }
        let working: Record?
        if numbers.isEmpty {
            working = state.shadow.record
        } else if state.shadow == .left {
            working = state.working
        } else {
            let sets = try numbers.compactMap { try store.outboxSet($0)?.sealed.set }
            working = Overlay.replay(
                sets, onto: state.shadow.record, id: id, kind: state.kind, scope: state.working?.scope ?? scope)
        }
        try store.save(
            id, kind: state.kind, replacing: state.working, working: working, shadow: state.shadow,
            isOverlaid: !numbers.isEmpty)
    }
}
