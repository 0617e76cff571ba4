import Foundation
import GRDB
import RecordStore
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// The tree over the log as the store keeps it.
@Suite struct LogTreeTests {
    private let world: World

    init() throws { world = try World(seed: 5, places: ["370404101201"]) }

    private func grow(_ count: Int) throws {
        for _ in 0..<count { _ = try world.new(0, Sample.root, .set("latest", .text("x"))) }
        try world.sync(0)
    }

    private func leaves() throws -> [Hash256] {
        let count = try world.authority.read { try LogTree($0).frontier().size }
        return try (0..<count).map { index in
            try #require(try world.authority.read { try LogTree($0).leaf(of: index + 1)?.treeHash })
        }
    }

    private func root(_ leaves: some Sequence<Hash256>) -> Hash256 {
        var frontier = MerkleFrontier()
        for leaf in leaves { frontier.append(leaf) }
        return frontier.root
    }

    @Test func theTreeIsOverEverySetInOrder() throws {
        try grow(5)
        let leaves = try leaves()
        #expect(leaves.count == 5 && Set(leaves).count == 5)
        let frontier = try world.authority.read { try LogTree($0).frontier() }
        #expect(frontier.root == root(leaves))
        #expect(frontier.size == (try world.authority.read { try LogReader($0, tables: World.tables).head().seq }))
    }

    @Test func proofsAcrossKeptSubtreesHold() throws {
        try grow(600)
        let leaves = try leaves()
        try world.authority.read { database in
            let tree = LogTree(database)
            let size = UInt64(leaves.count)
            #expect(size == 600)
            let head = try tree.frontier().root
            #expect(try Query(database, "SELECT count(*) FROM log_node").first { $0.int(0) } == 2)
            for earlier in [0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 599, 600] as [UInt64] {
                let old = try tree.root(at: earlier)
                #expect(old == root(leaves.prefix(Int(earlier))))
                let proof = try tree.consistency(from: earlier)
                #expect(
                    MerkleProof.extends(size: size, root: head, earlierSize: earlier, earlierRoot: old, proof: proof))
            }
            for seq in [1, 2, 256, 257, 512, 513, 600] as [Seq] {
                let proof = try tree.inclusion(of: seq, size: size)
                #expect(
                    MerkleProof.isIncluded(leaves[Int(seq) - 1], at: seq - 1, size: size, root: head, proof: proof))
            }
        }
    }

    @Test func aSetThatIsTakenBackLeavesNoLeaf() throws {
        struct Stop: Error {}
        try grow(2)
        let before = try world.authority.read { try LogTree($0).frontier() }
        for _ in 0..<2 { _ = try world.new(0, Sample.root, .set("latest", .text("y"))) }
        let frame = try #require(try world.frame(of: 0, limit: 10))
        let sets = try PushDecision<AuthorityTransaction>.open(frame, codec: WireCodec())
        try world.authority.write { transaction in
            let device = try #require(try DeviceRegister(transaction.database).device(world.stations[0].device))
            let decision = PushDecision(store: transaction, codec: WireCodec(), region: World.region, now: world.now)
            #expect(throws: Stop.self) {
                try transaction.savepoint {
                    _ = try decision.decide(sets, previousHash: frame.previousHash, from: device.state)
                    throw Stop()
                }
            }
        }
        #expect(try world.authority.read { try LogTree($0).frontier() } == before)
        try world.sync(0)
        let leaves = try leaves()
        #expect(leaves.count == 4)
        #expect(try world.authority.read { try LogTree($0).frontier() }.root == root(leaves))
    }

    @Test func nothingIsDecidedOnALogThatWasCutShort() throws {
        try grow(3)
        try world.authority.pool.write { try $0.execute(sql: "DELETE FROM log WHERE seq = 3") }
        _ = try world.new(0, Sample.root, .set("latest", .text("y")))
        #expect(throws: Problem.self) { try world.push(0) }
    }

    @Test(arguments: [
        "hash = zeroblob(32)", "device = zeroblob(16)", "number = 9", "result = 257", "problem = 2005",
        "is_desk = 1", "is_flagged = 1", "is_release = 1", "decided_at = 5",
    ])
    func everyColumnOfALogRowIsInItsLeaf(change: String) throws {
        try grow(1)
        let before = try leaves()
        try world.authority.pool.write { try $0.execute(sql: "UPDATE log SET \(change)") }
        #expect(try leaves() != before)
    }

    @Test(arguments: [
        "record = zeroblob(16)", "kind = 'item'", "operation = 2", "operation = 257", "scope = '370404101202'",
        "deleted = 1", "set_change = NULL", "set_change = 7", "effects = x'01'", "id = id + 1 << 20",
    ])
    func everyColumnOfALoggedChangeIsInItsLeaf(change: String) throws {
        try grow(1)
        let before = try leaves()
        try world.authority.pool.write { try $0.execute(sql: "UPDATE log_change SET \(change)") }
        #expect(try leaves() != before)
    }
}
