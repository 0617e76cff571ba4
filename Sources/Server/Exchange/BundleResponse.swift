import GRDB
import RecordStore
import SyncEngine
import SyncWire

/// Writes the answer to a bundle: all of it from one snapshot, a piece at a time.
struct BundleResponse {
    let exchange: Exchange
    let bundle: SealedBundle
    let request: BundleRequest
    let receipt: BundleReceipt
    let blobBytes: Int

    /// - Throws: ``Problem`` ``Problem/Code/revoked`` when the device was revoked meanwhile; what `write` throws.
    func write(from database: AuthorityDatabase, to write: @escaping ([UInt8]) throws -> Void) throws -> BundleAnswer {
        let answer = try database.read { snapshot -> BundleAnswer in
            let device = try exchange.present(receipt.device, in: snapshot)
            let (firstPage, problem) = try firstPage(for: device, in: snapshot)
            var answer = BundleAnswer(
                device: device, reply: try reply(to: device, pages: problem, in: snapshot), pushes: receipt.pushes)
            // A copy that asks for an identity reads this under the one it shares.
            let reader = try DeviceRegister(snapshot).device(bundle.device) ?? device
            var writer = try BundleWriter(
                .toStation, township: exchange.signer.publicKey, device: bundle.device, to: reader.sealingKey,
                signedBy: exchange.signer, first: answer.reply.encoded, write: write)
            for push in receipt.pushes { try writer.append(BundleReply.Piece(pushes: [push]).encoded) }
            if let firstPage { try append(from: firstPage, for: device, in: snapshot, to: &writer, &answer) }
            for run in try chains(of: device, in: snapshot) {
                try writer.append(BundleReply.Piece(chains: [run]).encoded)
            }
            try appendBlobs(for: device, in: snapshot, to: &writer, &answer)
            try writer.finish()
            answer.bytes = writer.bytes
            return answer
        }
        let cursor =
            request.isBootstrapped && answer.pages > 0 && !wantsPicture(at: answer.reply.hello.epoch)
            ? request.cursor : nil
        try database.write {
            try DeviceRegister($0.database).saw(answer.device.state.id, cursor: cursor, at: exchange.clock())
        }
        return answer
    }

    private func reply(
        to device: RegisteredDevice, pages: Problem?, in snapshot: Database
    ) throws -> BundleReply {
        let head = try exchange.shared(request.heads, in: snapshot)
        var hello = try exchange.hello(for: device.state.id, heldSize: head?.size, in: snapshot)
        hello.nonce = []
        return BundleReply(
            hello: hello, problem: pages ?? receipt.refusal ?? receipt.blobRefusal, blobs: receipt.blobs, head: head,
            escrow: receipt.escrow, fork: receipt.fork)
    }

    // MARK: - Pages

    /// A station of another history, and a copy that has a new identity, begin anew.
    private func wantsPicture(at epoch: EpochID) -> Bool {
        !request.isBootstrapped || request.epoch != epoch || receipt.fork != nil
    }

    /// The log after the stated cursor; or the whole picture for a station that has none, that has fallen too far
    /// behind, or that holds another history.
    /// - Returns: the first page; why there is none.
    private func firstPage(
        for device: RegisteredDevice, in snapshot: Database
    ) throws -> (page: PullPage?, problem: Problem?) {
        let reader = try PullReader(snapshot, tables: exchange.tables, device: device.state)
        do {
            let epoch = try exchange.head(in: snapshot).epoch
            let problem =
                request.epoch == epoch
                ? nil
                : Problem(
                    .epochChanged,
                    explanation: Label(
                        zh: "这个包是按镇街先前的历史写的，请把答复带回去读入，再导出一次",
                        en:
                            "The bundle is of the township's earlier history: take the answer back, read it, and export again"
                    ))
            if wantsPicture(at: epoch) { return (try reader.bootstrapPage(token: []), problem) }
            do {
                return (try reader.page(after: request.cursor), nil)
            } catch let problem as Problem where problem.code == .cursorTooOld {
                return (try reader.bootstrapPage(token: []), nil)
            }
        } catch let problem as Problem where problem.code.rawValue < 5000 {
            return (nil, problem)
        }
    }

    private func append(
        from first: PullPage, for device: RegisteredDevice, in snapshot: Database, to writer: inout BundleWriter,
        _ answer: inout BundleAnswer
    ) throws {
        let reader = try PullReader(snapshot, tables: exchange.tables, device: device.state)
        var next: PullPage? = first
        var bytes = 0
        while let page = next {
            let piece = BundleReply.Piece(pages: [page]).encoded
            bytes += piece.count
            try writer.append(piece)
            answer.pages += 1
            answer.records += page.records.count
            if page.isBootstrap {
                next = page.bootstrapToken.isEmpty ? nil : try reader.bootstrapPage(token: page.bootstrapToken)
            } else {
                next = page.hasMore && bytes < Limits.bundleLogBytes ? try reader.page(after: page.to) : nil
            }
        }
    }

    // MARK: - For a copy

    /// The township's chain of the device, when it is not the bundle's.
    private func chains(of device: RegisteredDevice, in snapshot: Database) throws -> [ChainRun] {
        var top = device.state.acknowledged.number
        guard receipt.fork == nil, receipt.refusal?.code == .chainForked || top > request.lastNumber else { return [] }
        var runs: [ChainRun] = []
        let count = UInt64(Limits.setsPerFrame)
        while top > 0, runs.count < Limits.chainRuns {
            let first = top >= count ? top - count + 1 : 1
            runs.append(try exchange.chain(of: device, from: first, in: snapshot))
            top = first - 1
        }
        return runs
    }

    // MARK: - Blobs

    /// Those that the station wants and may have, in its order, as many as fit.
    private func appendBlobs(
        for device: RegisteredDevice, in snapshot: Database, to writer: inout BundleWriter,
        _ answer: inout BundleAnswer
    ) throws {
        guard let blobs = exchange.attachments?.blobs else { return }
        var left = blobBytes
        for blob in request.wanted where left > 0 {
            guard let size = try blobs.size(of: blob),
                (try? Attachments.size(of: blob, for: device.state, tables: exchange.tables, in: snapshot)) == size
            else { continue }
            guard answer.blobs == 0 || size <= UInt64(left) else { break }
            try BlobPart.forEach(of: blob, size: size, in: blobs) {
                try writer.append(BundleReply.Piece(parts: [$0]).encoded)
            }
            left -= Int(size)
            answer.blobs += 1
        }
    }
}
