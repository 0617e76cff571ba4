import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

struct BundleCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "bundle", abstract: L("U 盘同步包", "USB bundles"), subcommands: [BundleImportCommand.self])
    }
}

struct BundleImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import", abstract: L("读入工作站的同步包，写出给它的答复包", "Read a station's bundle, write the answer to it"),
            discussion: L(
                "服务运行时也可使用。同一文件读入两次，结果不变，答复重新生成。",
                "May be used while serve runs. The same file twice changes nothing more, and gives a fresh answer."))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("文件", "The file"))) var file: String
    @Option(help: ArgumentHelp(L("答复写到此文件", "Where the answer is written"))) var reply: String?

    func run() throws {
        let bytes = try Files.read(file)
        guard bytes.starts(with: Frame.Content.bundle.magic) else { throw Problem(.notABundle, file) }
        let township = try options.township()
        let answer = try township.exchange.answer(bundle: bytes, database: township.database)
        if let reply { try BundleFile.write(answer.file, to: reply) }
        var session = SyncSession()
        for push in answer.reply.pushes { session.pushed(push) }
        for page in answer.reply.pages { session.pulled(page, records: page.records.count) }
        let document = BundleDocument(file: file, bytes: bytes.count, counts: session.counts)
        var members = document.members([
            ("device", .string(answer.device.state.id.description)), ("staff", .string(answer.device.staff)),
            ("reply", reply.map(JSONValue.string) ?? .null), ("replyBytes", .int(Int64(answer.file.count))),
        ])
        guard let problem = answer.reply.problem else {
            options.output.write(.object(members), text: text(answer, session.counts))
            return
        }
        members.append(("error", Failure(problem).document))
        options.output.fail(problem, document: .object(members), code: problem.code.exitCode)
    }

    private func text(_ answer: BundleAnswer, _ counts: SyncSession.Counts) -> String {
        let said = L(
            "\(answer.device.staff)：读入 \(counts.sets) 项（冲突 \(counts.conflicted)，退回 \(counts.quarantined)），答复含 \(counts.records) 条记录。",
            "\(answer.device.staff): \(counts.sets) change sets (\(counts.conflicted) met a conflict, "
                + "\(counts.quarantined) refused); the answer holds \(counts.records) records.")
        guard let reply else {
            return said + L("\n没有写答复包，请加 --reply 再读入一次。", "\nNo answer was written: read it again with --reply.")
        }
        return said
            + L(
                "\n请把 \(reply) 带回工作站：ruhu bundle import 文件",
                "\nTake \(reply) back to the station: ruhu bundle import FILE")
    }
}
