package import SyncEngine

extension BundleRequest {
    package var encoded: [UInt8] {
        var message = WireBundleRequest()
        message.created = UInt64(clamping: created.milliseconds)
        message.epoch = epoch.data
        message.cursor = cursor
        message.bootstrapped = isBootstrapped
        message.heads = heads.map(WireTreeHead.init)
        if let readmission { message.readmission = readmission.message }
        message.lastNumber = lastNumber
        if let fork { message.fork = fork.message }
        message.wanted = wanted.map(\.bytes.data)
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError``; for more than ``Limits/heads`` or ``Limits/wantedBlobs`` too.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        let message = try Protobuf.message(WireBundleRequest.self, from: bytes)
        guard message.heads.count <= Limits.heads, message.wanted.count <= Limits.wantedBlobs else {
            throw CodecError("too many heads or blobs")
        }
        var heads: [TreeHead] = []
        for head in message.heads { heads.append(try head.engineValue()) }
        var wanted: [Hash256] = []
        for blob in message.wanted { wanted.append(try blob.hash("wanted")) }
        self.init(
            created: Instant(milliseconds: Int64(clamping: message.created)), epoch: try message.epoch.id("epoch"),
            cursor: message.cursor, isBootstrapped: message.bootstrapped, heads: heads,
            readmission: message.hasReadmission ? try Readmission(message.readmission) : nil,
            lastNumber: message.lastNumber, fork: message.hasFork ? try ForkRequest(message.fork) : nil, wanted: wanted)
    }
}

extension BundleRequest.Piece {
    package var encoded: [UInt8] {
        var message = WireBundleRequest()
        message.escrow = escrow.map(WireEscrowItem.init)
        message.frames = frames.map(WirePushFrame.init)
        message.blobs = blobs.map(WireBlobPart.init)
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError``; for more than ``Limits/escrowItems`` too.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        let message = try Protobuf.message(WireBundleRequest.self, from: bytes)
        guard message.escrow.count <= Limits.escrowItems else { throw CodecError("escrow of \(message.escrow.count)") }
        self.init()
        for item in message.escrow { escrow.append(try item.engineValue()) }
        for frame in message.frames { frames.append(try frame.engineValue()) }
        for part in message.blobs { blobs.append(try part.engineValue()) }
    }
}

extension BundleReply {
    package var encoded: [UInt8] {
        var message = WireBundleReply()
        message.hello = WireHello(hello)
        if let problem { message.problem = WireProblem(problem, status: 0) }
        message.blobs = blobs.map(WireBlobStatus.init)
        if let head { message.head = WireTreeHead(head) }
        message.escrow = escrow.map(WireBase.init)
        if let fork { message.fork = WireEnrolmentReply(fork) }
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        let message = try Protobuf.message(WireBundleReply.self, from: bytes)
        self.init(
            hello: try message.hello.engineValue(), problem: message.hasProblem ? message.problem.engineValue() : nil,
            head: message.hasHead ? try message.head.engineValue() : nil,
            fork: message.hasFork ? try message.fork.engineValue() : nil)
        for status in message.blobs { blobs.append(try status.engineValue()) }
        for base in message.escrow { escrow.append(try base.engineValue()) }
    }
}

extension BundleReply.Piece {
    package var encoded: [UInt8] {
        var message = WireBundleReply()
        message.pushes = pushes.map(WirePushReply.init)
        message.pages = pages.map { WirePullPage($0) }
        message.chains = chains.map(WireChain.init)
        message.parts = parts.map(WireBlobPart.init)
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        let message = try Protobuf.message(WireBundleReply.self, from: bytes)
        self.init()
        for reply in message.pushes { pushes.append(try reply.engineValue()) }
        for page in message.pages { pages.append(try page.engineValue()) }
        for run in message.chains { chains.append(try run.engineValue()) }
        for part in message.parts { parts.append(try part.engineValue()) }
    }
}
