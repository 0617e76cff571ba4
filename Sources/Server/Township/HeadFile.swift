import CommandSupport
import SyncEngine
import SyncWire
import Synchronization

/// The file beside the database that says how far its log has come: this server's own signed heads. A database that
/// does not hold what they say was brought back by hand.
struct HeadFile: Sendable {
    let path: String
    let signer: any Signer
    let signatures: any SignatureScheme

    /// The heads it holds; none when it is not there, or is damaged: it guards, and guards nothing then. Check
    /// signatures (``isOwn(_:)``) before anything is concluded from them.
    func read() -> [TreeHead] { (try? heads()) ?? [] }

    /// As ``read()``.
    /// - Throws: ``HeadNotice`` for a file that says nothing.
    func heads() throws(HeadNotice) -> [TreeHead] {
        guard Files.exists(path) else { throw .missing }
        guard let bytes = try? SecretFile.read(path), let heads = try? TreeHead.list(decoding: bytes, as: .json),
            !heads.isEmpty
        else { throw .damaged }
        return heads
    }

    func isOwn(_ head: TreeHead) -> Bool {
        signatures.isValid(head.signature, for: head.signedBytes, publicKey: signer.publicKey)
    }

    /// Adds the head of what is committed; durable when it returns.
    /// - Throws: the signer's and the file system's errors; the file is what it was then.
    func add(epoch: EpochID, tree: MerkleFrontier) throws {
        var head = TreeHead(epoch: epoch, size: tree.size, root: tree.root)
        let known = read()
        guard known.last.map({ ($0.epoch, $0.size, $0.root) != (head.epoch, head.size, head.root) }) ?? true else {
            return
        }
        // Another process has begun a history since.
        if known.last?.epoch != epoch, known.contains(where: { $0.epoch == epoch }) { return }
        head.signature = try signer.signature(for: head.signedBytes)
        let kept = HeadSelection.thinned(known + [head]).suffix(Limits.heads)
        try SecretFile.write(TreeHead.encode(Array(kept), as: .json), to: path)
    }
}

/// Keeps the head file behind the commits of this process: at each commit of a command, at most once a second under
/// `serve`, and never ahead of what is committed.
final class HeadKeeper: Sendable {
    private struct State {
        var isServing = false
        var epoch: EpochID?
        var pending: (epoch: EpochID, tree: MerkleFrontier)?
    }

    private let file: HeadFile
    private let state = Mutex(State())

    static let interval = Duration.seconds(1)

    init(file: HeadFile) { self.file = file }

    /// Told after each commit. That a new history has begun is written at once: whoever opens the township must not take it
    /// for one that nobody began.
    func committed(epoch: EpochID, tree: MerkleFrontier) {
        let waits = state.withLock { state in
            defer { (state.epoch, state.pending) = (epoch, (epoch, tree)) }
            return state.isServing && state.epoch == epoch
        }
        if !waits { flush() }
    }

    /// From now on the file is written by ``flush()`` alone.
    func beginServing() { state.withLock { $0.isServing = true } }

    /// Writes what has been committed since. What cannot be written waits for the next time: the log is whole without
    /// the file, which only guards it.
    func flush() {
        let pending = state.withLock { state in
            defer { state.pending = nil }
            return state.pending
        }
        guard let (epoch, tree) = pending else { return }
        do {
            try file.add(epoch: epoch, tree: tree)
        } catch {
            state.withLock { state in
                if state.pending == nil { state.pending = (epoch, tree) }
            }
        }
    }
}
