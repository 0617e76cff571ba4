package import SyncEngine

extension BundleRequest {
    package var encoded: [UInt8] {
        var message = WireBundleRequest()
        message.created = UInt64(clamping: created.milliseconds)
        message.epoch = epoch.data
        message.cursor = cursor
        message.bootstrapped = isBootstrapped
        message.frames = frames.map(WirePushFrame.init)
        if let head { message.head = WireTreeHead(head) }
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        let message = try Protobuf.message(WireBundleRequest.self, from: bytes)
        var frames: [PushFrame] = []
        for frame in message.frames { frames.append(try frame.engineValue()) }
        self.init(
            created: Instant(milliseconds: Int64(clamping: message.created)), epoch: try message.epoch.id("epoch"),
            cursor: message.cursor, isBootstrapped: message.bootstrapped, frames: frames,
            head: message.hasHead ? try message.head.engineValue() : nil)
    }
}

extension BundleReply {
    package var encoded: [UInt8] {
        var message = WireBundleReply()
        message.hello = WireHello(hello)
        if let problem { message.problem = WireProblem(problem, status: 0) }
        message.pushes = pushes.map(WirePushReply.init)
        message.pages = pages.map(WirePullPage.init)
        return Protobuf.bytes(message)
    }

    /// - Throws: ``CodecError``.
    package init(decoding bytes: [UInt8]) throws(CodecError) {
        let message = try Protobuf.message(WireBundleReply.self, from: bytes)
        var pushes: [PushReply] = []
        for reply in message.pushes { pushes.append(try reply.engineValue()) }
        var pages: [PullPage] = []
        for page in message.pages { pages.append(try page.engineValue()) }
        self.init(
            hello: try message.hello.engineValue(), problem: message.hasProblem ? message.problem.engineValue() : nil,
            pushes: pushes, pages: pages)
    }
}
