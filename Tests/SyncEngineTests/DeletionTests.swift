import SyncEngine
import TestSupport
import Testing

/// What is written below a deleted record by one who had not seen the deletion is not left where nobody finds it: what it
/// stands below comes back with it, and each deletion waits for a person.
@Suite struct DeletionTests {
    private let world: World
    private let root: RecordID
    private let item: RecordID

    init() throws {
        world = try World(seed: 23, places: ["370404101201", "370404101201", "370404101201"])
        root = try world.new(0, Sample.root, .set("latest", .text("户")))
        item = try world.new(0, Sample.item, .set("root", .text(root.description)), .set("key", .text("k")))
        try world.settle()
    }

    private func isDeleted(_ kind: KindSchema, _ id: RecordID) throws -> Bool? { try world.record(kind, id)?.isDeleted }

    /// The records about whose deletion a person is asked.
    private func asked() throws -> Set<RecordID> {
        let kind = ConflictRecord.kind
        return Set(
            try world.conflicts().filter { $0.value("field", in: kind).text == Effect.deleted }
                .compactMap { $0.value("record", in: kind).recordID })
    }

    private func atRest() throws {
        try world.settle()
        #expect(try world.differences() == [])
    }

    @Test func twoDeletionsOfOneHandAreBothUndone() throws {
        try world.delete(0, Sample.item, item)
        try world.delete(0, Sample.root, root)
        try world.sync(0)
        try world.edit(1, Sample.item, item, .set("note", .text("看过")))
        try atRest()
        #expect(try isDeleted(Sample.item, item) == false)
        #expect(try isDeleted(Sample.root, root) == false, "nobody finds a member whose household is gone")
        #expect(try asked() == [root, item], "each deletion waits for a person")
    }

    /// Both said of it that it is gone: nothing of what anybody wrote is overruled.
    @Test func aDeletionBelowStandsNotAgainstADeletionAbove() throws {
        try world.delete(0, Sample.item, item)
        try world.delete(1, Sample.root, root)
        try world.sync(0)
        try atRest()
        #expect(try isDeleted(Sample.item, item) == true)
        #expect(try isDeleted(Sample.root, root) == true)
        #expect(try asked() == [])
    }

    /// Who deleted it had seen what was written before; who deletes above it has not, and what came back counts again.
    @Test func whatCameBackBelowStandsAgainstADeletionAbove() throws {
        try world.edit(2, Sample.item, item, .set("note", .text("看过")))
        try world.delete(1, Sample.root, root)
        try world.delete(0, Sample.item, item)
        try world.sync(0)
        try world.sync(2)
        try atRest()
        #expect(try isDeleted(Sample.item, item) == false)
        #expect(try isDeleted(Sample.root, root) == false)
        #expect(try asked() == [item, root])
    }

    @Test func aRootDeletedByAnotherComesBackWithWhatIsBelowIt() throws {
        try world.delete(0, Sample.item, item)
        try world.sync(0)
        try world.sync(2)
        try world.delete(2, Sample.root, root)
        try world.edit(1, Sample.item, item, .set("note", .text("看过")))
        try world.sync(2)
        try atRest()
        #expect(try isDeleted(Sample.item, item) == false)
        #expect(try isDeleted(Sample.root, root) == false)
        #expect(try asked() == [root, item])
    }

    @Test func whatIsMovedBelowADeletedRootBringsItBack() throws {
        let other = try world.new(0, Sample.root, .set("latest", .text("别户")))
        try world.settle()
        try world.delete(0, Sample.root, other)
        try world.sync(0)
        try world.edit(1, Sample.item, item, .set("root", .text(other.description)))
        try atRest()
        #expect(try world.record(Sample.item, item)?.value("root", in: Sample.item).recordID == other)
        #expect(try isDeleted(Sample.root, other) == false)
        #expect(try asked() == [other])
    }

    @Test func nothingIsMovedBelowWhatWasSeenToBeDeleted() throws {
        let other = try world.new(0, Sample.root, .set("latest", .text("别户")))
        try world.delete(0, Sample.root, other)
        try world.settle()
        #expect(throws: Problem.self) {
            try world.edit(0, Sample.item, item, .set("root", .text(other.description)))
        }
        let outcome = try world.decide([
            Change(
                kind: "item", record: item, operation: .edit,
                edits: [Edit("root", old: .text(root.description), new: .text(other.description))])
        ])
        #expect(outcome.problem?.code == .recordDeleted)
    }

    /// Another, having seen all of it, deletes the root meanwhile; the desk decides for the record.
    @Test func whatTheDeskKeepsComesBackWithWhatItStandsBelowAndWhatWentWithIt() throws {
        let second = try world.new(0, Sample.item, .set("root", .text(root.description)), .set("key", .text("l")))
        try world.settle()
        try world.delete(0, Sample.item, item)
        try world.sync(0)
        try world.edit(1, Sample.item, item, .set("note", .text("看过")))
        try atRest()
        let conflict = try #require(try world.conflicts().first)
        try world.delete(2, Sample.root, root)
        try atRest()
        #expect(try isDeleted(Sample.item, item) == true)
        let kept = try world.decide(
            [Change(kind: "item", record: item, operation: .edit)], intent: .resolve(conflict.id))
        #expect(kept.problem == nil)
        try atRest()
        #expect(try isDeleted(Sample.item, item) == false)
        #expect(try isDeleted(Sample.root, root) == false)
        #expect(try isDeleted(Sample.item, second) == false)
        #expect(try world.conflicts().isEmpty)
    }

    /// The one thing written down twice: who knew it under its second id alone writes into what was deleted.
    @Test func anEditUnderTheOtherIdBringsBackWhatItIsMergedInto() throws {
        let twin = try world.new(1, Sample.item, .set("root", .text(root.description)), .set("key", .text("m")))
        let first = try world.new(0, Sample.item, .set("root", .text(root.description)), .set("key", .text("m")))
        try world.sync(0)
        try world.push(1)
        let kind = Sample.item
        let (canonical, alias) = twin < first ? (twin, first) : (first, twin)
        #expect(try world.record(kind, alias)?.value(KindSchema.aliasField, in: kind).recordID == canonical)
        // Who wrote the alias has not seen the merge; another has, and deletes the one that stands for both.
        let author = alias == twin ? 1 : 0
        try world.sync(2)
        try world.delete(2, kind, canonical)
        try world.sync(2)
        try world.edit(author, kind, alias, .set("note", .text("看过")))
        try atRest()
        #expect(try world.record(kind, canonical)?.value("note", in: kind) == .text("看过"))
        #expect(try isDeleted(kind, canonical) == false)
        #expect(try asked().contains(canonical))
    }

    /// A program that does not know a kind leaves its records out of a deletion.
    @Test func whatADeletionDoesNotNameGoesWithWhatItStandsBelow() throws {
        let outcome = try world.decide([Change(kind: "root", record: root, operation: .delete)])
        #expect(outcome.problem == nil)
        #expect(try isDeleted(Sample.item, item) == true)
        try atRest()
        #expect(try world.working(1, Sample.item, item)?.isDeleted == true)
    }

    @Test func whatIsMergedIntoADeletedRecordGoesWithIt() throws {
        let first = try world.new(0, Sample.item, .set("root", .text(root.description)), .set("key", .text("m")))
        let second = try world.new(1, Sample.item, .set("root", .text(root.description)), .set("key", .text("m")))
        try atRest()
        try world.delete(2, Sample.item, min(first, second))
        try atRest()
        #expect(try isDeleted(Sample.item, first) == true)
        #expect(try isDeleted(Sample.item, second) == true)
    }

    @Test func onlyWhatTheUnseenDeletionTookComesBack() throws {
        let second = try world.new(0, Sample.item, .set("root", .text(root.description)), .set("key", .text("l")))
        try world.settle()
        try world.delete(0, Sample.item, second)
        try world.delete(0, Sample.root, root)
        try world.sync(0)
        try world.edit(1, Sample.item, item, .set("note", .text("看过")))
        try atRest()
        #expect(try isDeleted(Sample.root, root) == false)
        #expect(try isDeleted(Sample.item, item) == false)
        #expect(try isDeleted(Sample.item, second) == true, "it was deleted by an act of its own")
        #expect(try asked() == [root])
    }

    /// Written down anew after its deletion, a thing is not there twice when the first comes back.
    @Test func whatWasWrittenDownAgainMeanwhileIsNotDoubled() throws {
        try world.delete(0, Sample.item, item)
        let again = try world.new(0, Sample.item, .set("root", .text(root.description)), .set("key", .text("k")))
        try world.sync(0)
        let refused = try world.decide([Change(kind: "item", record: item, operation: .edit)])
        #expect(refused.problem?.code == .sameThingExists)
        try world.edit(1, Sample.item, item, .set("note", .text("看过")))
        try atRest()
        let kind = Sample.item
        #expect(try world.record(kind, item)?.value(KindSchema.aliasField, in: kind).recordID == again)
        #expect(try world.record(kind, again)?.value("note", in: kind) == .text("看过"), "it reaches the one that stands")
        #expect(try asked() == [item])
    }

    @Test func aConflictIsClosedByTheAnswerThatTheRecordStaysDeleted() throws {
        try world.delete(0, Sample.root, root)
        try world.sync(0)
        try world.edit(1, Sample.root, root, .set("latest", .text("看过")))
        try atRest()
        let conflict = try #require(try world.conflicts().first)
        try world.delete(0, Sample.root, root)
        try atRest()
        let closed = try world.decide(
            [Change(kind: "root", record: root, operation: .delete)], intent: .resolve(conflict.id))
        #expect(closed.problem == nil)
        #expect(try world.conflicts().isEmpty)
        #expect(try isDeleted(Sample.root, root) == true)
    }

    /// Who deletes what is deleted already has said so all the same.
    @Test func whatAnotherDeletedByAnActOfItsOwnStaysDeleted() throws {
        try world.delete(0, Sample.root, root)
        try world.delete(1, Sample.item, item)
        try world.edit(2, Sample.root, root, .set("latest", .text("看过")))
        for station in 0..<3 { try world.sync(station) }
        try atRest()
        #expect(try isDeleted(Sample.root, root) == false)
        #expect(try isDeleted(Sample.item, item) == true)
    }

    /// A person of two villages, one of which deletes its record: the other village still sees hers.
    @Test func whatAnotherVillageHoldsStandsForItselfAgain() throws {
        let world = try World(seed: 24, places: ["370404101201", "370404101202"])
        let kind = Sample.item
        let items = try (0..<2).map { station in
            let root = try world.new(station, Sample.root, .set("latest", .text("户")))
            return try world.new(station, kind, .set("root", .text(root.description)), .set("key", .text("k")))
        }
        try world.settle()
        let alias = Edit(KindSchema.aliasField, new: .text(items[0].description))
        let merged = try world.decide([Change(kind: "item", record: items[1], operation: .edit, edits: [alias])])
        #expect(merged.problem == nil)
        try world.settle()
        try world.delete(0, kind, items[0])
        try world.settle()
        #expect(try world.differences() == [])
        #expect(try world.record(kind, items[0])?.isDeleted == true)
        let left = try #require(try world.working(1, kind, items[1]))
        #expect(!left.isDeleted)
        #expect(left.value(KindSchema.aliasField, in: kind).isNull)
    }
}
