import ArgumentParser
import Assistance
import CommandSupport
import Crypto
import RecordStore
import SyncEngine
import SyncWire

struct PackCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "pack",
            abstract: L("政策包：区民政签发，镇街培训后启用，同步到各村", "Policy packs: signed by the district, activated after training"),
            discussion: L(
                "区民政：pack key、pack sign。镇街：pack trust、pack import、pack train、pack activate。格式见 docs/policy-packs.zh-CN.md。",
                "District: pack key, pack sign. Township: pack trust, import, train, activate. See docs/policy-packs.md."
            ),
            subcommands: [
                PackKeyCommand.self, PackSignCommand.self, PackTrustCommand.self, PackImportCommand.self,
                PackListCommand.self, PackShowCommand.self, PackTrainCommand.self, PackActivateCommand.self,
            ])
    }
}

struct PackKeyCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "key", abstract: L("（区民政）生成签名密钥，显示公钥", "(District) Make a signing key and show its public key")
        )
    }

    @Flag(help: ArgumentHelp(L("输出一个 JSON 文档", "Print one JSON document"))) var json = false
    @Argument(help: ArgumentHelp(L("密钥文件；已有则只显示公钥", "The key's file; an existing one is only shown"))) var file: String

    func run() throws {
        let key = try Self.key(file, make: true)
        let text = Hex.encode(key.publicKey)
        Output(isJSON: json).write(
            .object([("publicKey", .string(text)), ("file", .string(file))]),
            text: L(
                "公钥：\(text)\n密钥文件请妥善保管，不要发给任何人；镇街运行：ruhu-server pack trust \(text)",
                "Public key: \(text)\nKeep the file to yourself; townships run: ruhu-server pack trust \(text)"))
    }

    static func key(_ file: String, make: Bool) throws -> any Signer {
        let bytes =
            make
            ? try SecretFile.readOrMake(file) { Array(Curve25519.Signing.PrivateKey().rawRepresentation) }
            : try SecretFile.read(file)
        guard let signer = try? Ed25519().signer(privateKey: bytes) else { throw SecretFile.damaged(file) }
        return signer
    }
}

struct PackSignCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "sign", abstract: L("（区民政）检查并签署政策包", "(District) Check a pack and sign it"))
    }

    @Flag(help: ArgumentHelp(L("输出一个 JSON 文档", "Print one JSON document"))) var json = false
    @Argument(help: ArgumentHelp(L("政策包（JSON）", "The pack (JSON)"))) var file: String
    @Option(help: ArgumentHelp(L("密钥文件", "The key's file"))) var key: String
    @Option(help: ArgumentHelp(L("签好的文件写到哪里", "Where the signed file goes"))) var out: String

    func run() throws {
        let output = Output(isJSON: json)
        let content = String(decoding: try Files.read(file, limit: SignedPack.byteLimit), as: UTF8.self)
        let pack = try output.pack(content, subject: file)
        let signed = try SignedPack(signing: content, with: try PackKeyCommand.key(key, make: false))
        try SecretFile.write(Array((signed.document.compact + "\n").utf8), to: out)
        output.write(
            .object([("pack", .string(pack.name)), ("hash", .string(pack.hash.description)), ("file", .string(out))]),
            text: L("已签署 \(pack.name)：\(out)", "Signed \(pack.name): \(out)"))
    }
}

struct PackTrustCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "trust",
            abstract: L("信任区民政的公钥（先当面或电话核对）", "Trust the district's public key (compare it by word of mouth first)"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("公钥，64 位十六进制", "The public key, 64 hexadecimal digits"))) var key: String
    @Option(help: ArgumentHelp(L("名称", "Whose it is"))) var name = "区民政"
    @Flag(help: ArgumentHelp(L("不再信任它，须写 --reason", "Trust it no more; takes --reason"))) var withdraw = false
    @Option(help: ArgumentHelp(L("原因", "Why"))) var reason: String?

    func run() throws {
        let township = try options.township()
        let act = desk.act(reason: reason ?? "pack trust", intent: .record, now: township.clock())
        if withdraw {
            guard let reason, !reason.isEmpty else { throw Problem(.reasonNeeded, "pack trust --withdraw") }
            try PolicyDesk(township: township).withdraw(key, act: act)
        } else {
            try PolicyDesk(township: township).trust(key, name: name, act: act)
        }
        options.output.write(
            .object([("key", .string(key.lowercased())), ("name", .string(name)), ("trusted", .bool(!withdraw))]),
            text: withdraw
                ? L("不再信任这个公钥，它签署的政策包不再使用。", "The key is trusted no more; packs that it signed are not used.")
                : L("已信任 \(name) 的公钥。", "The key of \(name) is trusted."))
    }
}

struct PackImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import",
            abstract: L("读入签过名的政策包，核对签名；启用前不生效", "Take a signed pack in and check it; not in use until activated"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("签过名的政策包", "The signed pack"))) var file: String

    func run() throws {
        let township = try options.township()
        let signed = try SignedPack(file: file)
        let pack = try options.output.pack(signed.content, subject: file)
        let act = desk.act(reason: "pack import", intent: .record, now: township.clock())
        let id = try PolicyDesk(township: township).take(signed, pack, act: act)
        options.output.write(
            .object([
                ("pack", .string(pack.name)), ("record", .string(id.description)),
                ("hash", .string(pack.hash.description)), ("from", .string(pack.from.description)),
                ("until", .string(pack.until.description)),
            ]),
            text: L(
                "已读入 \(pack.name)（\(pack.from) 至 \(pack.until)）。下一步：ruhu-server pack train \(pack.name) …，再 pack activate",
                "Took in \(pack.name) (\(pack.from) to \(pack.until)). Next: ruhu-server pack train \(pack.name) …, then pack activate"
            ))
    }
}

struct PackListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("列出政策包", "List the policy packs"))
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        let contents = try PolicyDesk(township: try options.township()).contents()
        var table = TextTable([
            L("政策包", "Pack"), L("施行", "From"), L("到期", "Until"), L("状态", "State"), L("名称", "Title"),
        ])
        let states = contents.states
        for state in states {
            table.add([
                state.pack.name, state.pack.from.description, state.pack.until.description, state.text,
                state.pack.title.text(),
            ])
        }
        options.output.write(.object([("packs", .array(states.map(\.document)))]), text: table.text)
    }
}

struct PackShowCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show", abstract: L("显示一个政策包的全部参数和期限", "Show a pack's parameters and deadlines"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("名称，如 370404-2020-14@1", "Its name, such as 370404-2020-14@1"))) var pack: String

    func run() throws {
        let contents = try PolicyDesk(township: try options.township()).contents()
        guard let state = contents.states.first(where: { $0.pack.name == pack }) else {
            throw Problem(.unknownPack, pack)
        }
        var table = TextTable([
            L("参数", "Parameter"), L("值", "Value"), L("自", "From"), L("至", "Until"), L("来源", "Source"),
        ])
        for parameter in state.pack.parameters {
            table.add([
                parameter.name, parameter.text, parameter.from.description, parameter.until?.description ?? "-",
                parameter.source.text.text(),
            ])
        }
        for deadline in state.pack.deadlines {
            table.add([
                [deadline.programme?.rawValue, deadline.step.rawValue].compactMap(\.self).joined(separator: "."),
                deadline.rule,
                deadline.starts, deadline.stops, deadline.source.text.text(),
            ])
        }
        options.output.write(
            state.document.adding([("content", JSONValue.parsed(state.pack.text))]),
            text: "\(state.pack.name)  \(state.pack.title.text())  \(state.text)\n\(table.text)")
    }
}

struct PackTrainCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "train", abstract: L("登记一次政策包的培训", "Record a training on a pack"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("政策包名称", "The pack's name"))) var pack: String
    @Option(help: ArgumentHelp(L("培训日期", "The day"))) var held: String
    @Option(help: ArgumentHelp(L("内容", "The topic"))) var topic = ""
    @Option(help: ArgumentHelp(L("讲授人", "Who taught"))) var trainer = ""
    @Option(help: ArgumentHelp(L("参加人，可写多个", "Who attended; may be repeated"))) var attendee: [String] = []

    func run() throws {
        let township = try options.township()
        guard let day = CalendarDay(held) else {
            throw Problem(
                .badValue, "--held",
                explanation: Label(zh: "没有这一天；写法如 2026-03-01", en: "There is no such day; write 2026-03-01"))
        }
        guard !attendee.isEmpty else {
            throw Problem(
                .badValue, "--attendee", explanation: Label(zh: "至少写一个参加人", en: "Somebody must have attended"))
        }
        let writes: [FieldWrite] = [
            .set("held_on", .date(day)), .set("topic", .text(topic)), .set("trainer", .text(trainer)),
            .set("attendees", .list(attendee)),
        ]
        let act = desk.act(reason: "pack train", intent: .record, now: township.clock())
        let id = try PolicyDesk(township: township).train(pack, writes: writes, act: act)
        options.output.write(
            .object([
                ("training", .string(id.description)), ("pack", .string(pack)), ("held", .string(day.description)),
                ("attendees", .array(Set(attendee).sorted().map(JSONValue.string))),
            ]),
            text: L(
                "已登记培训：\(pack)，\(day)，\(Set(attendee).count) 人",
                "Recorded: \(pack), \(day), \(Set(attendee).count) attended"))
    }
}

struct PackActivateCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "activate",
            abstract: L("启用政策包：本镇街和各村工作站随即按其计算", "Let a pack govern, here and at every station"),
            discussion: L(
                "凡有新政策先培训：没有登记培训的不能启用，确需先执行的写 --override 理由，理由留档。",
                "New policy, training first: without a recorded training it takes --override REASON, which is kept."))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("政策包名称", "The pack's name"))) var pack: String
    @Option(help: ArgumentHelp(L("未培训先启用的理由", "Why without a training"))) var override: String?

    func run() throws {
        let township = try options.township()
        let act = desk.act(reason: override ?? "pack activate", intent: .record, now: township.clock())
        let record = try PolicyDesk(township: township).activate(pack, override: override, act: act)
        options.output.write(
            .object([
                ("pack", .string(record.name)), ("record", .string(record.id.description)),
                ("activatedAt", .string(act.now.description)), ("activatedBy", .string(act.author)),
                ("training", record.training.map { .string($0.description) } ?? .null),
                ("overrideReason", record.overrideReason.map(JSONValue.string) ?? .null),
            ]),
            text: L(
                "已启用 \(record.name)，下次同步时到达各村。", "\(record.name) is active; the villages get it with their next sync."))
    }
}

// MARK: - What is shown

/// A pack with what the township has made of it.
private struct PackState {
    let pack: PolicyPack
    /// `nil` for the one that comes with the program.
    let record: PolicyPackRecord?
    let isTrusted: Bool

    var isActive: Bool { record.map { $0.activatedAt != nil && isTrusted } ?? true }

    var text: String {
        if record == nil { return L("随程序提供", "included") }
        if !isTrusted { return L("签名不可信", "not trusted") }
        return isActive ? L("已启用", "active") : L("待启用", "waiting")
    }

    var document: JSONValue {
        .object([
            ("name", .string(pack.name)), ("id", .string(pack.id)), ("version", .int(Int64(pack.version))),
            ("title", .string(pack.title.text())), ("region", .string(pack.region.code)),
            ("from", .string(pack.from.description)), ("until", .string(pack.until.description)),
            ("hash", .string(pack.hash.description)), ("included", .bool(record == nil)),
            ("trusted", .bool(isTrusted)), ("active", .bool(isActive)),
            ("demo", .bool(pack.parameters.contains { $0.source == .demo })),
            ("record", record.map { .string($0.id.description) } ?? .null),
            ("activatedAt", record?.activatedAt.map { .string($0.description) } ?? .null),
            ("activatedBy", record?.activatedBy.map(JSONValue.string) ?? .null),
            ("training", record?.training.map { .string($0.description) } ?? .null),
            ("overrideReason", record?.overrideReason.map(JSONValue.string) ?? .null),
        ])
    }
}

extension PolicyDesk.Contents {
    fileprivate var states: [PackState] {
        let included = PackState(pack: .yicheng2020, record: nil, isTrusted: true)
        return [included]
            + packs.compactMap { record in
                PolicyPack.read(record.content).pack.map { pack in
                    let isSigned = Ed25519().isValid(
                        record.signature, for: PolicyPackRecord.signedBytes(record.content), publicKey: record.key)
                    return PackState(
                        pack: pack, record: record, isTrusted: isSigned && trusted.contains(record.key))
                }
            }
    }
}

extension Output {
    /// The pack of this text; the process ends with what is wrong with it.
    fileprivate func pack(_ content: String, subject: String) throws -> PolicyPack {
        let (pack, findings) = PolicyPack.read(content)
        if let pack { return pack }
        fail(findings: findings, Problem(.badPack, subject))
    }
}
