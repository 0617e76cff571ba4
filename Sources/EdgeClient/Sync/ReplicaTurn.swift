import RecordStore
import SyncEngine
import SyncWire

/// A change of history or of identity, the same over HTTP and by stick: what is written with it, and whether the
/// replica holds what the township may not, so that its records are replaced with it.
struct ReplicaTurn {
    let epoch: EpochID
    let needsPicture: Bool
    /// Where the township's history left the one that the records here are of; `nil` when it goes on.
    var parted: Base?
    let write: (ReplicaTransaction) throws -> Void

    /// The township's history is another one, or has gone back behind what it said.
    /// - Throws: ``Problem`` ``Problem/Code/resetLoop``.
    static func adoption(of hello: Hello, in replica: ReplicaDatabase) throws -> ReplicaTurn {
        try replica.read { transaction in
            let position = try transaction.position()
            try transaction.checkResets(.epoch, in: hello.epoch)
            let fork = SyncRecovery.forkPoint(
                own: position.epoch, ancestors: try Ancestors.read(in: transaction), in: hello)
            let acknowledged = position.lineage.isEmpty ? hello.acknowledged?.number ?? 0 : 0
            let holdsMore = try position.cursor > fork || transaction.hasSettled(above: acknowledged)
            let parted = Base(epoch: position.epoch, seq: fork)
            return ReplicaTurn(epoch: hello.epoch, needsPicture: holdsMore, parted: parted) { transaction in
                try transaction.countReset(.epoch, in: hello.epoch)
                try transaction.reopen(above: acknowledged, decidedIn: position.epoch)
                var after = try transaction.position()
                after.epoch = hello.epoch
                try transaction.setPosition(after)
                try Ancestors.keep(hello.ancestors, in: transaction)
            }
        }
    }

    /// Another copy of this station has gone on: a new identity for the sets above the last common one.
    static func fork(
        to reply: EnrolmentReply, common: Acknowledgement, sealingKey: [UInt8], keys: any StationKeys,
        in replica: ReplicaDatabase
    ) throws -> ReplicaTurn {
        let (epoch, holdsMore) = try replica.read { transaction in
            (try transaction.position().epoch, try transaction.hasSettled(above: common.number))
        }
        return ReplicaTurn(epoch: epoch, needsPicture: holdsMore) { transaction in
            try transaction.countReset(.fork, in: epoch)
            let former = try Syncer.readmission(try transaction.position(), keys: keys, in: transaction)
            try Meta.set(former.encoded(as: .protobuf), for: "former", in: transaction.database)
            try transaction.fork(to: reply.device, common: common)
            try Meta.set(reply.certificate, for: "certificate", in: transaction.database)
            try Meta.set(sealingKey, for: "sealing_public_key", in: transaction.database)
            try CopyNotice.forget(in: transaction)
        }
    }
}

extension ReplicaTransaction {
    /// Swaps the pages of a whole bootstrap that are kept aside in, with a turn when there is one: in this one
    /// transaction, so that there is always one picture or the other. What is pending keeps its bases; what the new
    /// picture lacks is kept aside (``VanishedRecord``).
    /// - Parameter proved: up to where the new history is proved to be the earlier one, when that is less than it says.
    /// - Returns: records stated.
    func swapIn(_ turn: ReplicaTurn?, of epoch: EpochID, proved: Seq? = nil) throws -> Int {
        let seen = try turn?.parted.map { try stated(after: min($0.seq, proved ?? $0.seq), in: $0.epoch) } ?? []
        try turn?.write(self)
        try forgetShadow()
        var records = 0
        var last: PullPage?
        try forEachStagedPage(of: epoch) { bytes in
            let page = try PullPage(decoding: bytes)
            records += try PageApplication.apply(page, to: self)
            last = page
        }
        try clearStaging()
        try Meta.set([UInt8](), for: "bootstrap_token", in: database)
        try Meta.set(0 as UInt64, for: "digest_differs", in: database)
        if let last { try compareDigests(last) }
        if let fork = turn?.parted?.seq { try keepVanished(seen, since: fork) }
        return records
    }
}

extension ReplicaTransaction {
    /// Keeps the head of an answer that was checked; with the first one of a history, where that history comes from.
    func keep(_ head: TreeHead, leaving parting: HeadCheck.Parting?, of hello: Hello) throws {
        if try treeHeads().last?.epoch != head.epoch { try Ancestors.keep(hello.ancestors, in: self) }
        try keep(head, leaving: parting)
    }
}

/// The earlier histories of the replica's own, as the township last told them.
enum Ancestors {
    static func read(in transaction: ReplicaTransaction) throws -> [Base] {
        let text = try Meta.text("ancestors", in: transaction.database) ?? ""
        if text.isEmpty { return [] }
        return text.split(separator: " ").compactMap { part in
            let pair = part.split(separator: ":")
            guard pair.count == 2, let epoch = EpochID(String(pair[0])), let seq = Seq(pair[1]) else { return nil }
            return Base(epoch: epoch, seq: seq)
        }
    }

    /// What a history has left, a later one does not take back: of each the least that was ever said.
    static func keep(_ ancestors: [Base], in transaction: ReplicaTransaction) throws {
        let known = try read(in: transaction)
        let least = ancestors.map { base in
            Base(epoch: base.epoch, seq: min(base.seq, known.first { $0.epoch == base.epoch }?.seq ?? base.seq))
        }
        let text = least.map { "\($0.epoch):\($0.seq)" }.joined(separator: " ")
        try Meta.set(text, for: "ancestors", in: transaction.database)
    }
}

/// What a station that was found by stick to be a copy asks with its next bundle: the last set that both have.
enum CopyNotice {
    static func read(in transaction: ReplicaTransaction) throws -> Acknowledgement? {
        guard let number = try Meta.number("copy_number", in: transaction.database),
            let hash = try Meta.bytes("copy_hash", in: transaction.database).flatMap({ Hash256(bytes: $0) })
        else { return nil }
        return Acknowledgement(number: number, hash: hash)
    }

    static func keep(_ common: Acknowledgement, in transaction: ReplicaTransaction) throws {
        try Meta.set(common.number, for: "copy_number", in: transaction.database)
        try Meta.set(common.hash.bytes, for: "copy_hash", in: transaction.database)
    }

    static func forget(in transaction: ReplicaTransaction) throws {
        try Meta.set("", for: "copy_number", in: transaction.database)
    }
}
