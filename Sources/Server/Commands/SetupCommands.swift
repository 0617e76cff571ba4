import ArgumentParser
import Assistance
import CommandSupport
import Glibc
import Logging
import RecordStore
import SyncEngine
import SyncWire

import struct NIOCore.IOError

struct InitCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "init", abstract: L("建立镇街数据目录、密钥和证书", "Make a township's data folder, keys and certificate"))
    }

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("镇街名称", "The township's name"))) var name: String
    @Option(help: ArgumentHelp(L("行政区划代码：镇街 9 位，县区 6 位", "Administrative code: 9 digits, or 6 of a district")))
    var region: String

    func run() throws {
        let township = try Township.initialise(
            try options.folder(), name: name, region: Scope(region), clock: SystemClock.now)
        let key = Hex.encode(Array(township.keys.signing.publicKey.rawRepresentation))
        options.output.write(
            .object([
                ("region", .string(region)), ("name", .string(name)),
                ("epoch", .string(township.identity.epoch.description)), ("publicKey", .string(key)),
            ]),
            text: L(
                "已建立 \(name)（\(region)）。下一步：ruhu-server serve --listen 0.0.0.0:8470",
                "Made \(name) (\(region)). Next: ruhu-server serve --listen 0.0.0.0:8470"))
    }
}

struct ServeCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "serve", abstract: L("提供 HTTP 服务，直到收到 SIGTERM", "Serve over HTTP until SIGTERM"))
    }

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("监听地址 主机:端口（端口 0 由系统选择）", "HOST:PORT to listen on (port 0: the system chooses)")))
    var listen = "127.0.0.1:8470"
    @Flag(help: ArgumentHelp(L("不加密，仅限本机", "Plain HTTP, on loopback only"))) var plainHttp = false

    func run() async throws {
        Heaps.share()
        let (host, port) = try address()
        let isPlain = plainHttp
        guard !isPlain || Loopback.contains(host) else { throw Problem(.plainHTTPRefused, host) }
        let folder = try options.folder()
        // A journal that a server left behind is played back onto whatever database is there now.
        let isUnclean = Files.exists(folder.journalPath) && Files.size(folder.journalPath) > 0
        let township = try options.township()
        let lock = try FileLock(path: folder.servePath, taken: .alreadyServed)
        defer { lock.release() }
        if isUnclean { try township.database.checkPages() }
        try township.retryHeld()
        try township.sweepBlobs()
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "ruhu-server")
        logger.logLevel = .notice
        let application = ServeApplication(
            township: township, host: host, port: port, isPlain: isPlain, logger: logger)
        let epoch = township.identity.epoch.description
        do {
            try await serve(application, host: host, isPlain: isPlain, epoch: epoch)
        } catch let error as IOError where [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) {
            throw Problem(.cannotListen, listen)
        }
    }

    private func serve(
        _ application: ServeApplication, host: String, isPlain: Bool, epoch: String
    ) async throws {
        try await application.run { port in
            let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
            let url = "\(isPlain ? "http" : "https")://\(name):\(port)"
            Output(isJSON: true).write(.object([("listening", .string(url)), ("epoch", .string(epoch))]), text: "")
        }
    }

    private func address() throws -> (String, Int) {
        guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]) else {
            throw Problem(.badValue, "--listen")
        }
        let host = String(listen[..<colon])
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        return (bare.isEmpty ? "0.0.0.0" : bare, Int(port))
    }
}

struct InviteCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "invite", abstract: L("为一名协理员的工作站生成一次性邀请码", "Make a one-time code for an assistant's station"))
    }

    /// How long a code is good.
    private static let validDays: Int64 = 14

    @OptionGroup var options: TownshipOptions
    @Option(help: ArgumentHelp(L("村居代码，12 位", "Village code, 12 digits"))) var village: String
    @Option(help: ArgumentHelp(L("协理员姓名", "The assistant's name"))) var staff: String

    func run() throws {
        let township = try options.township()
        let scope = Scope(village)
        guard township.identity.region.covers(scope), VillageCode.isValid(village) else {
            throw Problem(.unknownScope, village)
        }
        let staff = staff.trimmingSpace
        guard !staff.isEmpty, staff.count <= 64 else { throw Problem(.badValue, "--staff") }
        var random = SystemRandomNumberGenerator()
        let secret = (0..<InvitationCode.secretBytes).map { _ in UInt8.random(in: 0...255, using: &random) }
        let code = InvitationCode(secret: secret, fingerprint: township.keys.tls.fingerprint)
        let now = township.clock()
        let expiry = Instant(milliseconds: now.milliseconds + Self.validDays * 86_400_000)
        let invitation = Invitation(
            secretHash: code.secretHash, scope: scope, staff: staff, createdAt: now, expiresAt: expiry)
        try township.database.write { try DeviceRegister($0.database).add(invitation, by: township.attester) }
        options.output.write(
            .object([
                ("code", .string(code.description)), ("scope", .string(village)),
                ("expiresAt", .string(expiry.description)),
            ]),
            text: L(
                "邀请码：\(code)\n在工作站上运行：ruhu join 网址 邀请码（\(expiry.day) 前有效，只能用一次）",
                "Code: \(code)\nOn the station: ruhu join URL CODE (good once, until \(expiry.day))"))
    }
}

struct DevicesCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "devices", abstract: L("列出工作站", "List the stations"))
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        let township = try options.township()
        let devices = try township.database.read { try DeviceRegister($0).everyStation() }
        var table = TextTable([
            L("工作站", "Device"), L("村居", "Village"), L("协理员", "Staff"), L("最近联系", "Last seen"), L("状态", "State"),
        ])
        for device in devices {
            table.add([
                device.state.id.description, device.state.scopes.map(\.code).joined(separator: " "), device.staff,
                device.lastSeen?.description ?? "-", device.state.isRevoked ? L("已停用", "revoked") : L("在用", "active"),
            ])
        }
        options.output.write(
            .object([("devices", .array(devices.map(\.document)))]), text: table.text)
    }
}

extension RegisteredDevice {
    var document: JSONValue {
        .object([
            ("device", .string(state.id.description)), ("scope", .string(state.scopes.first?.code ?? "")),
            ("staff", .string(staff)), ("station", .string(station)),
            ("lastSeen", lastSeen.map { .string($0.description) } ?? .null),
            ("acknowledged", .int(Int64(state.acknowledged.number))), ("cursor", .int(Int64(cursor))),
            ("revoked", .bool(state.isRevoked)),
        ])
    }
}

struct RevokeCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "revoke",
            abstract: L("停用一个工作站：不能再上传下载，未上传的工作仍留在其电脑上", "Revoke a station; its unsent work stays on it"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("工作站编号", "The device's id"))) var device: String
    @Option(help: ArgumentHelp(L("原因", "Why"))) var reason = ""
    @Option(help: ArgumentHelp(L("经办人（默认当前系统用户）", "The clerk (default: the system's user)"))) var author: String?

    func run() throws {
        let township = try options.township()
        guard let id = DeviceID(device) else { throw StationDesk.unknown(device) }
        let act = Desk.Act(author: author ?? SystemUser.name, reason: reason, now: township.clock())
        let (station, _) = try StationDesk(township: township).revoke(id, act: act)
        options.output.write(
            .object([("device", .string(device)), ("revoked", .bool(true))]),
            text: station.isStranger
                ? L(
                    "恢复后的登记册里没有工作站 \(device)；已记为停用，它来联系时不会再放行。",
                    "The register that was brought back does not know station \(device); it is revoked, and is kept out when it comes."
                )
                : L("已停用 \(station.staff) 的工作站 \(device)。", "Revoked \(station.staff)'s station \(device)."))
    }
}
