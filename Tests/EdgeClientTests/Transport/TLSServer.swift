import Foundation
import SyncEngine

/// `openssl s_server` on a free loopback port, with a new key and a certificate that expired in 2021; it answers a GET
/// with a page. It ends with its last reference. Needs the `openssl` program.
final class TLSServer {
    static let isAvailable = openssl != nil
    private static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/bin/openssl"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    enum KeyType: String, CaseIterable, Sendable {
        case rsa
        case ec
        case ed25519

        fileprivate var arguments: [String] {
            switch self {
            case .rsa: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
            case .ec: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
            case .ed25519: ["-algorithm", "ED25519"]
            }
        }
    }

    let port: UInt16
    var url: String { "https://127.0.0.1:\(port)" }
    /// SHA-256 of the public key, exported by OpenSSL.
    let keyHash: Hash256
    /// The certificate as `openssl` wrote it.
    let certificate: String
    private let folder: URL
    private let process: Process

    init(_ keyType: KeyType = .ec, options: [String] = []) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ruhu-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        try Self.makeCertificate(keyType, in: folder)
        certificate = try String(contentsOf: folder.appending(path: "cert.pem"), encoding: .utf8)
        try Self.run(["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public.der"], in: folder)
        keyHash = Hash256(of: Array(try Data(contentsOf: folder.appending(path: "public.der"))))

        process = Self.process(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-www"] + options, in: folder
        )
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // "ACCEPT 127.0.0.1:38553", once it listens.
        var text = ""
        var found: Substring?
        while found == nil {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw NoError() }
            text += String(decoding: more, as: UTF8.self)
            found =
                text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .first { $0.hasPrefix("ACCEPT") }?.split(separator: ":").last
        }
        guard let port = found.flatMap({ UInt16($0) }) else { throw NoError() }
        self.port = port
    }

    deinit {
        // Not SIGTERM: a child inherits the signals that the test's thread holds back.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// A configuration of OpenSSL that allows every version and cipher; returns its path.
    func writeLaxSettings() throws -> String {
        let text = """
            openssl_conf = a
            [a]
            ssl_conf = b
            [b]
            system_default = c
            [c]
            MinProtocol = TLSv1
            CipherString = ALL:@SECLEVEL=0

            """
        let file = folder.appending(path: "lax.cnf")
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// `openssl ca` is the one command of OpenSSL 3 that takes both dates.
    private static func makeCertificate(_ keyType: KeyType, in folder: URL) throws {
        let configuration = """
            [ca]
            default_ca = c
            [c]
            database = index.txt
            serial = serial
            new_certs_dir = .
            default_md = default
            policy = p
            [p]
            commonName = supplied
            [req]
            distinguished_name = d
            [d]
            """
        for (name, content) in [("ca.cnf", configuration + "\n"), ("index.txt", ""), ("serial", "01\n")] {
            try Data(content.utf8).write(to: folder.appending(path: name))
        }
        try run(["genpkey"] + keyType.arguments + ["-out", "key.pem"], in: folder)
        let subject = "/CN=ruhu-test"
        try run(
            ["req", "-new", "-key", "key.pem", "-subj", subject, "-out", "req.pem", "-config", "ca.cnf"], in: folder)
        try run(
            [
                "ca", "-batch", "-selfsign", "-config", "ca.cnf", "-keyfile", "key.pem", "-in", "req.pem", "-notext",
                "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-out", "cert.pem",
            ], in: folder)
    }

    private static func run(_ arguments: [String], in folder: URL) throws {
        let process = process(arguments, in: folder)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NoError() }
    }

    private static func process(_ arguments: [String], in folder: URL) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: openssl ?? "")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
