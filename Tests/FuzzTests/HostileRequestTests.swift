import Foundation
import GRDB
import RecordStore
import Server
import SyncEngine
import SyncWire
import TestSupport
import Testing

/// Whatever comes in over HTTP is answered, with a numbered problem or a result, and never with an internal error.
@Suite struct HostileRequestTests {
    private static let signer = Result { try Ed25519().signer(privateKey: [UInt8](repeating: 7, count: 32)) }

    private let world: World
    private let exchange: Exchange

    init() throws {
        world = try World(seed: 1, places: ["370404101201"])
        try world.new(0, Sample.root, .set("latest", .text("张三")))
        let now = world.now
        let signer = try Ed25519().signer(privateKey: [UInt8](repeating: 1, count: 32))
        let escrow = Escrow(seal: { $0 }, open: { $0 })
        exchange = Exchange(
            tables: world.authority.tables,
            desk: Desk(region: World.region, signer: signer, codec: world.authority.tables.codec, escrow: escrow),
            signer: signer, sealing: SealingKey(),
            signatures: Ed25519(), nonces: NonceIssuer(secret: [UInt8](repeating: 2, count: 32)),
            clock: { now }, newID: { _ in RecordID(high: 9, low: 9) })
        let key = try Self.signer.get().publicKey
        try world.authority.write { [world] transaction in
            try transaction.database.execute(
                sql: "UPDATE device SET signing_key = ? WHERE id = ?",
                arguments: [Data(key), Data(world.stations[0].device.bytes)])
        }
    }

    private struct Request {
        var method: String
        var path: String
        var query: String
        var body: [UInt8]
        var headers: [String: String] = [:]
    }

    /// As the device would send it: signed, so that what is hostile gets as far as it can.
    private func send(_ request: Request) throws -> Answer {
        let digest = ContentDigest.header(for: request.body)
        let components = MessageSignature.Components(
            method: request.method, authority: "a:1", path: request.path, query: "?" + request.query,
            contentDigest: digest)
        let signed = try MessageSignature.sign(
            components, keyID: world.stations[0].device.description, nonce: exchange.nonces.issue(at: world.now),
            with: try Self.signer.get())
        var headers = [
            "content-digest": digest, "signature-input": signed.signatureInput, "signature": signed.signature,
        ]
        headers.merge(request.headers) { $1 }
        let head = RequestHead(
            method: request.method, authority: "a:1", path: request.path, query: request.query, headers: headers)
        return exchange.answer(head, raw: request.body, database: world.authority, sightings: Sightings())
    }

    private func requests() throws -> [Request] {
        let frame = try #require(try world.frame(of: 0, limit: 10))
        let device = world.stations[0].device
        var requests = [
            "cursor=0&limit=1000", "token=&limit=10", "cursor=18446744073709551615", "token=00ff", "epoch=x",
            "cursor=0&known=AAAAAAAAAAA",
        ]
        .map { Request(method: "GET", path: "/v1/pull", query: $0, body: []) }
        requests.append(Request(method: "POST", path: "/v1/push", query: "", body: frame.encoded(as: .protobuf)))
        requests.append(
            Request(
                method: "POST", path: "/v1/push", query: "", body: frame.encoded(as: .json),
                headers: ["content-type": "application/json"]))
        requests.append(
            Request(
                method: "POST", path: "/v1/push", query: "",
                body: ContentCoding.zstd.compress(frame.encoded(as: .protobuf)), headers: ["content-encoding": "zstd"]))
        for name in ["escrow", "enrolment", "fork", "readmission"] {
            let path = [
                "escrow": "/v1/escrow", "enrolment": "/v1/devices", "fork": "/v1/devices/\(device)/fork",
                "readmission": "/v1/devices/\(device)/readmission",
            ]
            requests.append(
                Request(
                    method: "POST", path: try #require(path[name]), query: "",
                    body: try #require(try Seeds.all()[name]?.first)))
        }
        requests.append(Request(method: "GET", path: "/v1/hello", query: "", body: []))
        requests.append(
            Request(method: "GET", path: "/v1/devices/\(device)/chain", query: "first=18446744073709551615", body: []))
        requests.append(Request(method: "GET", path: "/v1/devices/\(device)/chain", query: "first=0", body: []))
        return requests
    }

    @Test func whateverADeviceSignsIsAnsweredWithoutAnInternalError() throws {
        let requests = try requests()
        var mutator = Mutator(42)
        for index in 0..<1_200 {
            var request = requests[index % requests.count]
            let other = requests[(index * 5 + 1) % requests.count]
            switch index / requests.count % 3 {
            case 0: request.body = mutator.mutate(request.body, with: other.body)
            case 1: request.query = Self.text(mutator.mutate(Array(request.query.utf8), with: Array(other.query.utf8)))
            default: request.path = Self.text(mutator.mutate(Array(request.path.utf8), with: Array(other.path.utf8)))
            }
            let answer = try send(request)
            if case .problem(let problem) = answer.body {
                #expect(problem.code.rawValue < 5000, "\(request) \(problem)")
            }
        }
        for request in requests {
            if case .problem(let problem) = try send(request).body {
                #expect(problem.code.rawValue < 5000, "\(request) \(problem)")
            }
        }
        #expect(try world.authority.read { try LogAudit($0, tables: world.authority.tables).verifyChains() }.gaps == 0)
    }

    @Test func hostileHeadersAreAnswered() throws {
        var mutator = Mutator(43)
        let names = ["content-digest", "signature-input", "signature", "content-encoding", "content-type"]
        let other = Array(#"sig=("@method");keyid="x";alg="ed25519";nonce="AAAA";;=;""#.utf8)
        for index in 0..<600 {
            let name = names[index % names.count]
            let seed = name == "signature-input" ? Array(other.reversed()) : Array("sha-256=:AAAA:".utf8)
            let answer = try send(
                Request(
                    method: "GET", path: "/v1/hello", query: "", body: [],
                    headers: [name: Self.text(mutator.mutate(seed, with: other))]))
            if case .problem(let problem) = answer.body { #expect(problem.code.rawValue < 5000, "\(problem)") }
        }
    }

    /// Only a request without a body may leave it out of what it signs.
    @Test func aBodyThatTheSignatureDoesNotCoverIsRefused() throws {
        for body in [[], Array("x".utf8)] {
            let components = MessageSignature.Components(
                method: "GET", authority: "a:1", path: "/v1/pull", query: "?cursor=0", contentDigest: nil)
            let signed = try MessageSignature.sign(
                components, keyID: world.stations[0].device.description, nonce: exchange.nonces.issue(at: world.now),
                with: try Self.signer.get())
            let head = RequestHead(
                method: "GET", authority: "a:1", path: "/v1/pull", query: "cursor=0",
                headers: [
                    "signature-input": signed.signatureInput, "signature": signed.signature,
                    "content-digest": ContentDigest.header(for: body),
                ])
            let answer = exchange.answer(head, raw: body, database: world.authority, sightings: Sightings())
            if case .problem(let problem) = answer.body {
                #expect(problem.code == .badSignature && !body.isEmpty)
            } else {
                #expect(body.isEmpty)
            }
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
