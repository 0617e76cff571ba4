import RecordStore
import SyncEngine
import TestSupport

/// What people do, at random, on what they see.
extension Simulation {
    private func word() -> Value { .text("v\(Int.random(in: 0..<50, using: &random))") }
    private func newID() -> RecordID { .v7(milliseconds: now.milliseconds, using: &random) }
    private func amount() -> Value { .int64(Int64.random(in: 1..<1_000, using: &random)) }

    private func pick(_ kind: KindSchema, at station: SimulatedStation) throws -> Record? {
        try station.replica.read { transaction in
            try transaction.tables.list(kind, RecordSelection(limit: 60), in: transaction.database)
        }.randomElement(using: &random)
    }

    /// One act of one person at a station.
    /// - Throws: `Problem` for what is refused at once; the store's errors.
    func randomAct(_ station: SimulatedStation) throws {
        if strikes(.poisonSet) { return try poison(station) }
        let root = station.version.root
        let known = try pick(root, at: station)
        guard let known, !random.chance(14) else { return try createRoot(station) }
        switch Int.random(in: 0..<20, using: &random) {
        case 0, 1: try createItem(station, below: known)
        case 2: try create(station, Sample.fact, [.set("root", .text(known.id.description)), .set("text", word())])
        case 3: try edit(station, root, known, delete: true)
        case 4, 5, 6: try editItem(station)
        case 7:
            try edit(station, root, known, [.set("place", .text(Self.villages.randomElement(using: &random) ?? ""))])
        case 8, 9: try edit(station, root, known, [tag()])
        case 10, 11: try edit(station, root, known, [.set("left", amount()), .set("right", amount())])
        case 12: try edit(station, root, known, [.set("left", amount()), .set("review", word()), tag()])
        case 13:
            try edit(
                station, root, known,
                [.set("ended", .date(CalendarDay(daysSinceEpoch: 20_000 + Int32(random.next() % 3))))])
        case 14: try refused(station)
        case 15: try newer(station, known)
        default: try editPlain(station, root, known)
        }
    }

    private func createRoot(_ station: SimulatedStation) throws {
        var writes: [FieldWrite] = [.set("latest", word()), .set("review", word())]
        if random.chance(50) { writes += [.set("left", amount()), .set("right", amount())] }
        if random.chance(50) { writes.append(.add("tags", "t1")) }
        try create(station, station.version.root, writes)
    }

    private func createItem(_ station: SimulatedStation, below root: Record) throws {
        let key = Value.text("k\(Int.random(in: 0..<4, using: &random))")
        try create(
            station, Sample.item,
            [.set("root", .text(root.id.description)), .set("key", key), .set("amount", amount())])
    }

    private func create(_ station: SimulatedStation, _ kind: KindSchema, _ writes: [FieldWrite]) throws {
        try capture(station, [Draft(kind: kind, record: newID(), operation: .create, writes: writes)])
    }

    private func edit(
        _ station: SimulatedStation, _ kind: KindSchema, _ record: Record, _ writes: [FieldWrite] = [],
        delete: Bool = false
    ) throws {
        let draft = Draft(kind: kind, record: record.id, operation: delete ? .delete : .edit, writes: writes)
        try capture(station, [draft], reason: delete ? "gone" : "")
    }

    private func editPlain(_ station: SimulatedStation, _ root: KindSchema, _ record: Record) throws {
        let field = ["latest", "town", "review"].randomElement(using: &random) ?? "latest"
        try edit(station, root, record, [.set(field, random.chance(8) ? .null : word())])
    }

    private func editItem(_ station: SimulatedStation) throws {
        guard let item = try pick(Sample.item, at: station) else { return }
        let choice = Int.random(in: 0..<100, using: &random)
        if choice < 10 { return try edit(station, Sample.item, item, delete: true) }
        if choice >= 95, let other = try pick(station.version.root, at: station) {
            return try edit(station, Sample.item, item, [.set("root", .text(other.id.description))])
        }
        try edit(station, Sample.item, item, [.set("amount", amount()), .set("note", word())])
    }

    private func tag() -> FieldWrite {
        let name = "t\(Int.random(in: 0..<3, using: &random))"
        return random.chance(50) ? .add("tags", name) : .remove("tags", name)
    }

    /// A field or a kind that an older server does not know.
    private func newer(_ station: SimulatedStation, _ root: Record) throws {
        guard station.version == .second else { return }
        if random.chance(50) {
            try edit(station, station.version.root, root, [.set(SimulatedSchema.newField, word())])
        } else {
            let writes: [FieldWrite] = [.set("root", .text(root.id.description)), .set("text", word())]
            try create(station, SimulatedSchema.leaflet, writes)
        }
    }

    /// A set that the server will refuse although the station lets it through: an immutable field written twice.
    private func poison(_ station: SimulatedStation) throws {
        guard let fact = try pick(Sample.fact, at: station) else { return }
        try edit(station, Sample.fact, fact, [.set("text", word()), .set("more", word())])
    }

    /// Looks at what was refused: amends or withdraws it.
    private func refused(_ station: SimulatedStation) throws {
        guard let sent = try station.outbox(.refused).randomElement(using: &random) else { return }
        let number = sent.sealed.set.number
        let sealed: SealedSet?
        if random.chance(50) {
            sealed = try station.withdraw(number, at: now)
        } else {
            let change = sent.sealed.set.changes.first
            let write: FieldWrite =
                change?.kind == Sample.fact.name ? .set("more", .null) : .set("review", word())
            sealed = try station.amend(number, writes: [write], at: now)
        }
        if let sealed { captured(station, sealed) }
    }

    private func capture(_ station: SimulatedStation, _ drafts: [Draft], reason: String = "") throws {
        let day = random.chance(20) ? CalendarDay(daysSinceEpoch: 20_700 + Int32(random.next() % 30)) : nil
        if let sealed = try station.capture(drafts, reason: reason, observedOn: day, at: now) {
            captured(station, sealed)
        }
    }

    private func captured(_ station: SimulatedStation, _ sealed: SealedSet) {
        report.captures += 1
        trace("station \(station.index) set \(sealed.set.number): \(Self.describe(sealed.set))")
        sabotageReplica(station, sealed)
        check(.captured(station, sealed))
    }

    static func describe(_ set: ChangeSet) -> String {
        let changes = set.changes.map { change in
            let edits = change.edits.map { edit in
                let name = edit.element.map { "\(edit.field)[\($0)]" } ?? edit.field
                return "\(name) \(edit.old)→\(edit.new)" + (edit.base.map { "@\($0.seq)" } ?? "")
            }
            return
                "\(change.operation) \(change.kind) \(change.record.description.suffix(6)) \(edits.joined(separator: ", "))"
        }
        return "base \(set.base.seq) \(set.intent) " + changes.joined(separator: "; ")
    }

    // MARK: - The desk

    /// A clerk writes what he thinks is right, having seen the head or an older page.
    func deskAct() throws {
        let root = township.version.root
        guard let record = try township.records(of: root).randomElement(using: &random) else { return }
        let head = try township.head()
        let seen = random.chance(50) ? nil : Seq.random(in: 0...head, using: &random)
        let draft: Draft
        switch Int.random(in: 0..<8, using: &random) {
        case 0: draft = Draft(kind: root, record: record.id, operation: .delete)
        case 1: draft = Draft(kind: root, record: record.id, operation: .edit, writes: [tag()])
        case 2:
            let place = Self.villages.randomElement(using: &random) ?? ""
            draft = Draft(kind: root, record: record.id, operation: .edit, writes: [.set("place", .text(place))])
        case 3:
            let writes: [FieldWrite] = [.set("left", amount()), .set("right", amount())]
            draft = Draft(kind: root, record: record.id, operation: .edit, writes: writes)
        default: draft = Draft(kind: root, record: record.id, operation: .edit, writes: [.set("town", word())])
        }
        let outcome = try township.act([draft], reason: "desk", seen: seen, author: "clerk \(random.next() % 2)")
        if let outcome {
            report.deskActs += 1
            trace("the desk decides seq \(outcome.seq), seen \(seen.map(String.init) ?? "all")")
        }
    }

    /// A clerk decides a conflict, one way or the other, with or without having seen the latest.
    func resolve() throws {
        let kind = ConflictRecord.kind
        let open = try township.records(of: kind).filter { $0.value("state", in: kind) == .text("open") }
        guard let conflict = open.randomElement(using: &random),
            let about = conflict.value("record", in: kind).recordID,
            let name = conflict.value("record_kind", in: kind).text,
            let subject = township.database.tables.schema.kind(name), let field = conflict.value("field", in: kind).text
        else { return }
        let outcome: SetOutcome?
        if field == Effect.deleted, random.chance(60) {
            outcome = try township.keep(about, kind: subject, conflict: conflict.id, author: "clerk")
        } else {
            let isDeletion = field == Effect.deleted
            let draft = Draft(
                kind: subject, record: about, operation: isDeletion ? .delete : .edit,
                writes: isDeletion ? [] : resolution(of: field, conflict, subject))
            let seen =
                random.chance(70)
                ? nil : Seq.random(in: conflict.seq...max(conflict.seq, try township.head()), using: &random)
            outcome = try township.act(
                [draft], reason: "decided", intent: .resolve(conflict.id), seen: seen, author: "clerk")
        }
        if let outcome {
            report.deskActs += 1
            trace("the desk resolves at seq \(outcome.seq)")
        }
    }

    private func resolution(of field: String, _ conflict: Record, _ kind: KindSchema) -> [FieldWrite] {
        if let element = conflict.value("element", in: ConflictRecord.kind).text {
            return [random.chance(50) ? .add(field, element) : .remove(field, element)]
        }
        let names = kind.groups.first { $0.name == field }?.fields ?? [field]
        return names.compactMap { name in
            switch kind.field(name)?.type {
            case .text where name == kind.scopeField:
                .set(name, .text(Self.villages.randomElement(using: &random) ?? ""))
            case .text: .set(name, word())
            case .int64: .set(name, amount())
            case .date: .set(name, .date(CalendarDay(daysSinceEpoch: 20_000)))
            default: nil
            }
        }
    }
}
