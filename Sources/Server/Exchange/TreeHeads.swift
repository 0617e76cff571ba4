import SyncEngine
import SyncWire
import Synchronization

/// Signs heads of the log, each once: an idle server's many answers carry one signature.
final class TreeHeads: Sendable {
    private let signer: any Signer
    private let last = Mutex<TreeHead?>(nil)

    init(signer: any Signer) { self.signer = signer }

    /// - Throws: what the signer throws.
    func head(epoch: EpochID, tree: MerkleFrontier) throws -> TreeHead {
        var head = TreeHead(epoch: epoch, size: tree.size, root: tree.root)
        if let known = last.withLock({ $0 }), known.epoch == epoch, known.size == head.size, known.root == head.root {
            return known
        }
        head.signature = try signer.signature(for: head.signedBytes)
        let signed = head
        last.withLock { $0 = signed }
        return signed
    }
}
