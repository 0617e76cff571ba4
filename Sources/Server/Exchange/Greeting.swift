import RecordStore
import SyncEngine
import SyncWire

/// One state of the log as answers tell it: read and signed once, for as many as are answered on it.
///
/// Confined to the connection that it was read by; not `Sendable`.
struct Greeting {
    let head: Base
    let treeHead: TreeHead
    /// The histories that this one goes on with, the latest first.
    let ancestors: [Base]
    let schemaVersion: UInt32
    let tree: LogTree
    let frontier: MerkleFrontier
    /// A fresh one for each answer.
    let nonce: () -> [UInt8]

    /// - Parameter heldSize: of the head the request named, which the consistency proof begins from.
    /// - Throws: `DatabaseError`.
    func hello(acknowledged: Acknowledgement?, heldSize: UInt64?) throws -> Hello {
        Hello(
            minimumProtocol: ProtocolVersion.minimum, maximumProtocol: ProtocolVersion.maximum,
            schemaVersion: schemaVersion, epoch: head.epoch, parent: ancestors.first, latestSeq: head.seq,
            acknowledged: acknowledged, nonce: nonce(), treeHead: treeHead,
            consistency: try heldSize.map { try tree.consistency(from: $0, to: frontier) } ?? [], ancestors: ancestors)
    }
}
