/// What a domain says of a whole set before it is applied: a rule that looks at other records than the one that is
/// written, such as whether a step of a case may be taken. It is asked at the authority alone, inside the deciding
/// transaction, so that what it sees is what stands.
package struct Admission: Sendable {
    /// Only sets that touch one of these kinds are asked about.
    package let kinds: Set<String>
    /// - Throws: ``Problem``: the set is refused as a whole, and goes to quarantine when a station wrote it.
    package let check: @Sendable (Proposal) throws -> Void

    package init(kinds: Set<String>, check: @escaping @Sendable (Proposal) throws -> Void) {
        self.kinds = kinds
        self.check = check
    }

    /// Both: each is asked about sets that touch its own kinds.
    package func and(_ other: Admission) -> Admission {
        Admission(kinds: kinds.union(other.kinds)) { proposal in
            for admission in [self, other] where proposal.mutations.contains(where: { $0.touches(admission) }) {
                try admission.check(proposal)
            }
        }
    }
}

extension RecordMutation {
    fileprivate func touches(_ admission: Admission) -> Bool { admission.kinds.contains(kind.name) }
}

/// A set that is about to be applied, and the records as they would be after it.
package struct Proposal {
    /// When it counts as done: of the desk its own time, of a station, whose clock may be off by years, now. The desk's
    /// time never runs back, so that after its clock was ahead for once it says too much: it is then now, too.
    package let at: Instant
    /// Who wrote the set, as it says.
    package let author: String
    package let mutations: [RecordMutation]
    /// The records of the set as they would be after it, and those of them below a record, by its id: a set of hundreds
    /// of lines is asked about line by line.
    private let after: [RecordID: Record]
    private let children: [RecordID: [Record]]
    private let recordAfter: (RecordID, KindSchema) throws -> Record?
    private let dependentsBefore: (Record) throws -> [Record]
    private let recordsBefore: (KindSchema) throws -> [Record]

    init(
        at: Instant, author: String, mutations: [RecordMutation],
        record: @escaping (RecordID, KindSchema) throws -> Record?,
        dependents: @escaping (Record) throws -> [Record], records: @escaping (KindSchema) throws -> [Record]
    ) {
        self.at = at
        self.author = author
        self.mutations = mutations
        after = Dictionary(mutations.map { ($0.after.id, $0.after) }) { $1 }
        children = mutations.reduce(into: [:]) { children, mutation in
            let parents = mutation.kind.parents.compactMap {
                mutation.after.value($0.field, in: mutation.kind).recordID
            }
            for parent in Set(parents) { children[parent, default: []].append(mutation.after) }
        }
        recordAfter = record
        dependentsBefore = dependents
        recordsBefore = records
    }

    /// The live records of a kind of which there are few, as they stood before the set.
    package func records(of kind: KindSchema) throws -> [Record] { try recordsBefore(kind) }

    package func record(_ id: RecordID, kind: KindSchema) throws -> Record? { try recordAfter(id, kind) }

    /// The live records directly below this one, and below those that are merged into it.
    package func dependents(of record: Record) throws -> [Record] {
        let before = try dependentsBefore(record)
        let known = Set(before.map(\.id))
        let added = (children[record.id] ?? []).filter { !known.contains($0.id) }
        return (before.map { after[$0.id] ?? $0 } + added).filter { !$0.isDeleted }
    }
}

extension Decider {
    /// Asks the domain, when the set touches what it has rules for. The desk's own acts of a history that is over were
    /// admitted then; after a restore they may come back before the records of the villages on which they rest.
    func admit() throws {
        if device.isDesk, context.isFromEarlierHistory { return }
        guard let admission = schema.admission, mutations.contains(where: { admission.kinds.contains($0.kind.name) })
        else { return }
        let decided = self
        try admission.check(
            Proposal(
                at: device.isDesk ? min(set.time.instant, context.now) : context.now, author: set.author,
                mutations: mutations,
                record: { try decided.record($0, kind: $1) }, dependents: { try decided.view.family(of: $0) },
                records: { try decided.view.records(of: $0) }))
    }
}
