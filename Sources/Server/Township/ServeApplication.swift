import CommandSupport
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import RecordStore
import ServiceLifecycle
import SyncEngine
import SyncWire

/// All the wiring of `serve`.
struct ServeApplication {
    let township: Township
    let host: String
    let port: Int
    let isPlain: Bool
    let logger: Logger

    /// After SIGTERM, what is under way has so long; then connections are cut.
    static let gracefulShutdown = Duration.seconds(8)
    /// A connection on which nothing is asked is closed.
    static let idleTimeout = TimeAmount.seconds(60)

    /// Serves until SIGTERM or SIGINT, then finishes what was accepted.
    /// - Parameter onListening: called once with the bound port, when connections are accepted.
    func run(onListening: @escaping @Sendable (Int) -> Void) async throws {
        let writer = PushWriter(database: township.database, exchange: township.exchange)
        let resources = Resources(township: township, writer: writer, exchange: township.exchange)
        let feed = LiveFeed(township: township)
        let console = Console(township: township)
        let responder = APIResponder(
            resources: resources,
            console: ConsoleResponder(
                console: console, gate: PasswordGate(), feed: feed, isPlain: isPlain),
            metrics: ServerMetrics(), limiter: RateLimiter())
        let application = Application(
            responder: responder, server: try server(),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: logger)
        // Shut down in reverse order: first no new requests, then the writer ends, then the last sightings
        // and the last head are kept.
        let services: [any Service] = [
            HeadService(keeper: township.headKeeper, database: township.database), township.sightings,
            LedgerService(ledger: township.ledger, figures: console.figures, logger: logger), writer, application, feed,
        ]
        var configuration = ServiceGroupConfiguration(
            services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.gracefulShutdown
        let group = ServiceGroup(configuration: configuration)
        try await group.run()
    }

    private func server() throws -> HTTPServerBuilder {
        let base = HTTPServerBuilder.http1(configuration: HTTP1Channel.Configuration(idleTimeout: Self.idleTimeout))
        if isPlain { return base }
        let certificate = try whole(.tlsCertificate) {
            try NIOSSLCertificate(bytes: Array(township.keys.tls.certificatePEM.utf8), format: .pem)
        }
        let key = try whole(.tlsKey) {
            try NIOSSLPrivateKey(bytes: Array(township.keys.tls.keyPEM.utf8), format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return try .tls(base, tlsConfiguration: configuration)
    }

    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile`` for a secret that TLS cannot take.
    private func whole<T>(_ secret: TownshipFolder.Secret, _ read: () throws -> T) throws -> T {
        do {
            return try read()
        } catch {
            throw SecretFile.damaged(township.folder.path(of: secret))
        }
    }
}

/// Whether a host name means this machine: plain HTTP is spoken nowhere else.
enum Loopback {
    static func contains(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host == "[::1]"
            || (host.hasPrefix("127.") && host.split(separator: ".").count == 4)
    }
}
