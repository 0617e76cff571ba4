import ArgumentParser
import CommandSupport
import Crypto
import RecordStore
import SyncEngine
import SyncWire

struct JoinCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "join", abstract: L("用镇街给的邀请码登记本工作站", "Enrol this station with the township's code"))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("镇街服务器网址", "The township server's URL"))) var url: String
    @Argument(help: ArgumentHelp(L("邀请码；写 - 则从标准输入读", "The code; - reads it from standard input"))) var code: String
    @Option(help: ArgumentHelp(L("工作站名称（默认主机名）", "The station's name (default: the host's)"))) var name: String?

    func run() throws {
        let text = code == "-" ? StandardInput.line() : code
        guard let code = InvitationCode(text) else { throw Problem(.badInvitation) }
        let folder = try options.folder()
        try DataFolder.create(folder.path)
        let enrolment = StationEnrolment(
            station: try Station.openOrCreate(folder, clock: SystemClock.now), url: url, code: code,
            name: name ?? SystemUser.hostName)
        let reply = try Self.reached { try enrolment.run() }
        options.output.write(
            .object([
                ("device", .string(reply.device.description)),
                ("scopes", .array(reply.scopes.map { .string($0.code) })),
                ("epoch", .string(reply.epoch.description)), ("station", .string(reply.station)),
                ("staff", .string(reply.staff)), ("region", .string(reply.region)),
            ]),
            text: L(
                "已登记：\(reply.staff)，\(reply.scopes.map(\.code).joined(separator: " "))。下一步：ruhu sync",
                "Enrolled: \(reply.staff), \(reply.scopes.map(\.code).joined(separator: " ")). Next: ruhu sync"))
    }
}

extension JoinCommand {
    /// Nobody is a member yet who could sync: what to do next is to join again.
    private static func reached<Reply>(_ attempt: () throws -> Reply) throws -> Reply {
        do {
            return try attempt()
        } catch let problem as Problem where problem.code == .unreachable {
            throw again(problem)
        } catch let error as TransportError where error.problem.code == .unreachable {
            throw again(error.problem)
        }
    }

    private static func again(_ problem: Problem) -> Problem {
        Problem(
            .unreachable, problem.subject, explanation: problem.explanation,
            hint: Label(
                zh: "还没有登记；有信号时再运行一次 ruhu join，邀请码不变。",
                en: "This station is not enrolled yet; run ruhu join again, with the same code, when there is a signal."
            ))
    }
}

/// Turns a code into a member station, and may be repeated: the keys are kept before anything is sent.
struct StationEnrolment {
    let station: Station
    let url: String
    let code: InvitationCode
    let name: String

    func run() throws -> EnrolmentReply {
        let isMember = (try? station.membership()) != nil
        if isMember { try refuseAnotherCode() }
        let signing = try SecretFile.readOrMake(station.folder.signingKeyPath) {
            Array(Curve25519.Signing.PrivateKey().rawRepresentation)
        }
        let sealing = try SecretFile.readOrMake(station.folder.sealingKeyPath) {
            SealingKey().privateKey
        }
        let signingKey = try Curve25519.Signing.PrivateKey(rawRepresentation: signing)
        let sealingKey = try SealingKey(privateKey: sealing)
        let (transport, pin) = try confirmedTransport()
        let wish = EnrolmentRequest(
            code: code.description, signingKey: Array(signingKey.publicKey.rawRepresentation),
            sealingKey: sealingKey.publicKey, station: name)
        let courier = Courier(
            transport: transport, url: url, keyID: Base64.encode(Array(signingKey.publicKey.rawRepresentation), .url),
            key: Ed25519Signer(signingKey), nonce: [])
        let body = try courier.exchange(.post, "/v1/devices", body: wish.encoded(as: .protobuf))
        guard case .enrolment(let reply) = body else { throw Problem(.unreachable, "enrolment") }
        if !isMember { try keep(reply, pin: pin, sealingKey: wish.sealingKey, nonce: courier.nonce) }
        try station.memory.keep(station.replica)
        return reply
    }

    private func refuseAnotherCode() throws {
        let known = try station.replica.read { try Meta.bytes("invitation", in: $0.database) }
        guard known == code.secretHash.bytes else { throw Problem(.alreadyJoined) }
    }

    /// Only the server whose key the code names is spoken to.
    private func confirmedTransport() throws -> (HTTPTransport, Hash256?) {
        let address = try WebAddress(url)
        guard address.scheme == .https else { return (try HTTPTransport(.plain, proxy: .ofProcess()), nil) }
        let key = try HTTPTransport(.discover, proxy: .ofProcess()).serverKey(of: url)
        guard code.confirms(key) else { throw Problem(.wrongServerKey, url) }
        return (try HTTPTransport(.pinned(spkiSHA256: key), proxy: .ofProcess()), key)
    }

    private func keep(_ reply: EnrolmentReply, pin: Hash256?, sealingKey: [UInt8], nonce: [UInt8]) throws {
        try station.replica.write { transaction in
            let database = transaction.database
            try transaction.setPosition(
                ReplicaPosition(
                    device: reply.device, epoch: reply.epoch, scopes: reply.scopes, cursor: 0, isBootstrapped: false))
            try Meta.set(url, for: "url", in: database)
            if let pin { try Meta.set(pin.bytes, for: "pin", in: database) }
            try Meta.set(reply.station, for: "station", in: database)
            try Meta.set(reply.staff, for: "staff", in: database)
            try Meta.set(reply.region, for: "region", in: database)
            try Meta.set(reply.serverKey, for: "server_key", in: database)
            try Meta.set(reply.serverSealingKey, for: "server_sealing_key", in: database)
            try Meta.set(reply.certificate, for: "certificate", in: database)
            try Meta.set(sealingKey, for: "sealing_public_key", in: database)
            try Meta.set(code.secretHash.bytes, for: "invitation", in: database)
            try Meta.set(nonce, for: "nonce", in: database)
        }
    }
}
