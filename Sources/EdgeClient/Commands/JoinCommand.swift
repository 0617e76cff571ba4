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
    @Argument(
        help: ArgumentHelp(
            L("邀请码；写 - 则从标准输入读；只换网址时不用写", "The code; - reads it from standard input; not needed for a new URL alone")))
    var code: String?
    @Option(help: ArgumentHelp(L("工作站名称（默认主机名）", "The station's name (default: the host's)"))) var name: String?

    func run() throws {
        let code = try code.map { text in
            guard let code = InvitationCode(text == "-" ? StandardInput.line() : text) else {
                throw Problem(.badInvitation)
            }
            return code
        }
        let url = Self.withoutLastSlash(url)
        let station = try code == nil ? options.station() : opened()
        if let code, (try? station.membership()) == nil {
            let name = try stationName()
            try Self.reached(orHint: Self.notEnrolled) {
                try StationEnrolment(station: station, url: url, code: code, name: name).run()
            }
        } else {
            try Self.reached(orHint: Self.notMoved) {
                try StationEnrolment.Again(station: station, url: url, code: code).run()
            }
        }
        try report(station)
    }

    /// A browser ends an address with one; paths are added to it here.
    private static func withoutLastSlash(_ url: String) -> String {
        String(url.reversed().drop { $0 == "/" }.reversed())
    }

    private func stationName() throws -> String {
        guard let name = name?.trimmingSpace else { return SystemUser.hostName }
        guard !name.isEmpty else { throw Problem(.badValue, "--name") }
        return name
    }

    private func opened() throws -> Station {
        let folder = try options.folder()
        try DataFolder.create(folder.path)
        return try Station.openOrCreate(folder, clock: SystemClock.now)
    }

    private func report(_ station: Station) throws {
        let member = try station.membership()
        let position = try station.replica.read { try $0.position() }
        let scopes = position.scopes.map(\.code)
        options.output.write(
            .object([
                ("device", .string(member.device.description)), ("scopes", .array(scopes.map(JSONValue.string))),
                ("epoch", .string(position.epoch.description)), ("station", .string(member.station)),
                ("staff", .string(member.staff)), ("region", .string(member.region)),
            ]),
            text: L(
                "已登记：\(member.staff)，\(scopes.joined(separator: " "))，镇街网址 \(member.url)。下一步：ruhu sync",
                "Enrolled: \(member.staff), \(scopes.joined(separator: " ")), at \(member.url). Next: ruhu sync"))
    }
}

extension JoinCommand {
    /// Where nobody answers, what to do next is to join again: there is nobody there to sync with.
    private static func reached(orHint hint: Label, _ attempt: () throws -> Void) throws {
        do {
            try attempt()
        } catch let problem as Problem where problem.code == .unreachable {
            throw again(problem, hint)
        } catch let error as TransportError where error.problem.code == .unreachable {
            throw again(error.problem, hint)
        }
    }

    private static func again(_ problem: Problem, _ hint: Label) -> Problem {
        Problem(.unreachable, problem.subject, explanation: problem.explanation, hint: hint)
    }

    private static let notEnrolled = Label(
        zh: "还没有登记；有信号时再运行一次 ruhu join，邀请码不变。",
        en: "This station is not enrolled yet; run ruhu join again, with the same code, when there is a signal.")

    private static let notMoved = Label(
        zh: "网址没有改。请核对网址；没有写错的话，有信号时再运行一次 ruhu join。",
        en: "The address was not changed. Check it; if it is right, run ruhu join again when there is a signal.")
}

/// Turns a code into a member station. When the answer does not arrive, it may be repeated: the keys are kept before
/// anything is sent.
struct StationEnrolment {
    let station: Station
    let url: String
    let code: InvitationCode
    let name: String

    func run() throws {
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
        try keep(reply, pin: pin, sealingKey: wish.sealingKey, nonce: courier.nonce)
        try station.memory.keep(station.replica)
        try KeyCheck(station: station).keepCopies()
    }

    /// Only the server whose key the code names is spoken to.
    private func confirmedTransport() throws -> (HTTPTransport, Hash256?) {
        let address = try Self.address(url)
        guard address.scheme == .https else { return (try HTTPTransport(.plain, proxy: .ofProcess()), nil) }
        let key = try Self.confirmedKey(of: url, by: code)
        return (try HTTPTransport(.pinned(spkiSHA256: key), proxy: .ofProcess()), key)
    }

    fileprivate static func confirmedKey(of url: String, by code: InvitationCode) throws -> Hash256 {
        let key = try HTTPTransport(.discover, proxy: .ofProcess()).serverKey(of: url)
        guard code.confirms(key) else { throw Problem(.wrongServerKey, url) }
        return key
    }

    /// A server's address, to which the paths of requests are added.
    fileprivate static func address(_ url: String) throws -> WebAddress {
        guard !url.contains("?"), !url.contains("#") else { throw TransportError.badURL(detail: "a query or fragment") }
        return try WebAddress(url)
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

extension StationEnrolment {
    /// A member joins once more: the township has another address now, or the answer was not seen.
    struct Again {
        let station: Station
        let url: String
        /// A code is not needed, and if there is one it is that of the enrolment.
        let code: InvitationCode?

        /// Keeps the address when the station's own township answers there.
        /// - Throws: ``Problem`` ``Problem/Code/alreadyJoined`` with another code; as ``Syncer/recognise()``.
        func run() throws {
            if let code {
                let known = try station.replica.read { try Meta.bytes("invitation", in: $0.database) }
                guard known == code.secretHash.bytes else { throw Problem(.alreadyJoined) }
            }
            let pin = try newPin()
            let courier = try station.courier(at: url, pin: pin)
            try Syncer(replica: station.replica, courier: courier, keys: station.keys).recognise()
            try station.replica.write { transaction in
                try Meta.set(url, for: "url", in: transaction.database)
                if let pin { try Meta.set(pin.bytes, for: "pin", in: transaction.database) }
            }
            try station.memory.keep(station.replica)
        }

        /// A station that joined on the server's own machine, without TLS, learns the server's key from its code.
        private func newPin() throws -> Hash256? {
            let address = try StationEnrolment.address(url)
            let known = try station.membership().pin
            guard known == nil, address.scheme == .https else {
                if known != nil, address.scheme == .http {
                    throw Problem(
                        .badValue, url,
                        explanation: Label(
                            zh: "本站登记时用 https，不能改用不加密的 http",
                            en: "This station joined by https, and does not go back to http"),
                        hint: Label(zh: "请写 https 开头的网址。", en: "Give the address that begins with https."))
                }
                return nil
            }
            guard let code else {
                throw Problem(
                    .badValue, url,
                    explanation: Label(
                        zh: "第一次用 https，登记时的邀请码也要写：ruhu join 网址 邀请码",
                        en: """
                            For the first time by https the code that you joined with is needed too: ruhu join URL CODE
                            """))
            }
            return try StationEnrolment.confirmedKey(of: url, by: code)
        }
    }
}
