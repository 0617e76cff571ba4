import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct RegisterCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "register",
            abstract: L("登记簿：逾期、在册、各村合计、待补填", "Registers: what is late, in force, per village, to complete"),
            discussion: L(
                "不写名称则列出全部登记簿。登记用 ruhu new、ruhu-server new，见 docs/registers.zh-CN.md。",
                "Without a name: all registers. Entries are made with ruhu new and ruhu-server new; see docs/registers.md."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("登记簿，如 publicity", "The register, e.g. publicity"))) var name: String?
    @Option(help: ArgumentHelp(L("只列某村", "Only of this village"))) var village: String?
    @Option(help: ArgumentHelp(L("自某日", "From this day"))) var from: String?
    @Option(help: ArgumentHelp(L("至某日", "To this day"))) var to: String?

    func run() throws {
        guard let name else { return list() }
        let register = try Register.named(name)
        let selection = try selection()
        let township = try options.township()
        let book = try township.database.read { database in
            try RegisterReader(tables: township.database.tables, database: database)
                .book(of: register, today: township.clock().day)
        }
        let document = RegisterDocument(register, selection, of: book)
        options.output.write(document.json, text: document.text)
    }

    private func selection() throws -> Register.Selection {
        if let village, !VillageCode.isValid(village) { throw Problem(.unknownScope, village) }
        return Register.Selection(village: village, from: try from.map(day), to: try to.map(day))
    }

    private func day(_ text: String) throws -> CalendarDay { try CalendarDay(typed: text) }

    private func list() {
        var table = TextTable([L("登记簿", "Register"), L("名称", "Title"), L("职责", "Obligations")])
        for register in Register.all {
            table.add([register.name, register.label.text(), register.rules.map(\.code).joined(separator: " ")])
        }
        let registers = Register.all.map { register in
            JSONValue.object([
                ("register", .string(register.name)), ("title", .string(register.label.text())),
                ("rules", .array(register.rules.map { .string($0.code) })),
            ])
        }
        options.output.write(.object([("registers", .array(registers))]), text: table.text)
    }
}

extension CalendarDay {
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    init(typed text: String) throws {
        guard let day = CalendarDay(text) else {
            throw Problem(
                .badValue, text,
                explanation: Label(zh: "没有这一天；写法如 2026-03-01", en: "There is no such day; write 2026-03-01"))
        }
        self = day
    }
}

struct SampleCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "sample",
            abstract: L("抽查：按随机种子抽户、登记结果", "Spot checks: draw households by a seed, record results"),
            subcommands: [SampleDrawCommand.self, SampleResultCommand.self])
    }
}

struct SampleDrawCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "draw",
            abstract: L("抽户；种子和总户数相同，结果就相同", "Draw; the same seed and households give the same sample"),
            discussion: L(
                "例：ruhu-server sample draw --share 5 --seed 20261125 --programme dibao。种子请当众产生，如摇号。",
                "Example: ruhu-server sample draw --share 5 --seed 20261125 --programme dibao. Get the seed in public, by lot."
            ))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Option(help: ArgumentHelp(L("抽多少户", "How many households"))) var count: Int?
    @Option(help: ArgumentHelp(L("抽百分之几，向上取整", "How many of a hundred, rounded up"))) var share: Int?
    @Option(help: ArgumentHelp(L("随机种子，一个整数", "The seed, an integer"))) var seed: Int64
    @Option(help: ArgumentHelp(L("只抽正在享受某项救助的户", "Only where this programme is in force"))) var programme: String?

    func run() throws {
        let size = try size()
        let programme = try self.programme.map { text in
            guard let programme = Programme(rawValue: text) else {
                let names = Programme.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(
                    .badValue, text, explanation: Label(zh: "救助项目有：\(names)", en: "The programmes are: \(names)"))
            }
            return programme
        }
        let township = try options.township()
        let act = desk.act(reason: "sample draw", intent: .record, now: township.clock())
        let run = try SampleDesk(township: township).draw(size, seed: seed, programme: programme, act: act)
        options.output.write(run.document, text: run.text)
    }

    private func size() throws -> SpotSample.Size {
        switch (count, share) {
        case (let count?, nil): return .count(count)
        case (nil, let share?): return .share(percent: share)
        default:
            throw Problem(
                .badValue, "--count",
                explanation: Label(zh: "写 --count 或 --share，二者取一", en: "Give either --count or --share"))
        }
    }
}

extension SampleDesk.Run {
    fileprivate var document: JSONValue {
        .object([
            ("id", .string(id.description)), ("seed", .int(sample.seed)),
            ("population", .int(Int64(sample.population))),
            ("populationSha256", .string(sample.populationHash.description)), ("drawn", .int(Int64(rows.count))),
            (
                "households",
                .array(
                    rows.map { row in
                        .object([
                            ("place", .int(row.place)), ("household", .string(row.household)),
                            ("village", .string(row.village)), ("number", row.number.map(JSONValue.string) ?? .null),
                        ])
                    })
            ), ("known", .bool(isKnown)),
        ])
    }

    fileprivate var text: String {
        var table = TextTable([L("序号", "Place"), L("住户", "Household"), L("村居", "Village"), L("户编号", "Number")])
        for row in rows { table.add([String(row.place), row.household, row.village, row.number ?? "-"]) }
        let head = L(
            "抽查 \(id)：从 \(sample.population) 户中抽取 \(rows.count) 户，种子 \(sample.seed)，总户名册校验 \(sample.populationHash)",
            "Spot check \(id): \(rows.count) of \(sample.population) households, seed \(sample.seed), population \(sample.populationHash)"
        )
        let again = isKnown ? [L("这次抽取以前做过，没有重复登记。", "This very draw was made before; nothing was added.")] : []
        return ([head] + again + [table.text]).joined(separator: "\n")
    }
}

struct SampleResultCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "result", abstract: L("登记一户的抽查结果", "Record what the check of one household came to"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("抽查编号", "The spot check's id"))) var check: String
    @Argument(help: ArgumentHelp(L("住户编号", "The household's id"))) var household: String
    @Option(help: ArgumentHelp(L("consistent 相符、inconsistent 不符、absent 未见到", "consistent, inconsistent or absent")))
    var result: String
    @Option(help: ArgumentHelp(L("核查人", "Who checked"))) var by: String
    @Option(help: ArgumentHelp(L("核查日期（默认今天）", "The day (default: today)"))) var on: String?
    @Option(help: ArgumentHelp(L("说明", "A note"))) var note: String?

    func run() throws {
        let township = try options.township()
        let now = township.clock()
        let day = try on.map { try CalendarDay(typed: $0) } ?? now.day
        var writes: [FieldWrite] = [
            .set("result", .text(result)), .set("checked_by", .text(by)), .set("checked_on", .date(day)),
        ]
        if let note { writes.append(.set("note", .text(note))) }
        let act = desk.act(reason: note ?? "", intent: .record, now: now)
        let (draft, seq) = try SampleDesk(township: township)
            .record(run: check, household: household, writes: writes, act: act)
        options.output.write(recordedAtDesk: draft, seq: seq)
    }
}
