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
    @OptionGroup var photos: PhotoOptions
    @Argument(help: ArgumentHelp(L("文件", "The file"))) var file: String
    @Option(help: ArgumentHelp(L("答复写到此文件", "Where the answer is written"))) var reply: String?

    func run() throws {
        let magic = Frame.Content.bundle.magic
        if let reply, Files.areOne(reply, file) {
            throw Problem(
                .cannotCreate, reply,
                explanation: Label(
                    zh: "这是要读入的同步包，答复要写到另一个文件", en: "This is the bundle to read; the answer goes to another file"))
        }
        let (read, bytes) = try BundleFile.open(file, magic: magic)
        let township = try options.township()
        func answer(_ write: @escaping ([UInt8]) throws -> Void) throws -> BundleAnswer {
            try township.exchange.answer(
                bundle: read, blobBytes: try reply == nil ? 0 : photos.bytes(), database: township.database,
                write: write)
        }
        let answer = try reply.map { try BundleFile.write(to: $0, magic: magic, answer) } ?? answer { _ in }
        var session = SyncSession()
        for push in answer.pushes { session.pushed(push) }
        var counts = session.counts
        counts.records = answer.records
        let arrived = answer.reply.blobs.count { $0.isComplete }
        var document = BundleDocument(file: file, bytes: Int(clamping: bytes), counts: counts)
        document.blobs = answer.blobs
        var members = document.members([
            ("device", .string(answer.device.state.id.description)), ("staff", .string(answer.device.staff)),
            ("arrived", .int(Int64(arrived))), ("reply", reply.map(JSONValue.string) ?? .null),
            ("replyBytes", .int(Int64(clamping: answer.bytes))),
        ])
        guard let problem = answer.reply.problem else {
            options.output.write(.object(members), text: text(answer, counts, arrived: arrived))
            return
        }
        members.append(("error", Failure(problem).document))
        options.output.fail(problem, document: .object(members), code: problem.code.exitCode)
    }

    private func text(_ answer: BundleAnswer, _ counts: SyncSession.Counts, arrived: Int) -> String {
        let said = L(
            "\(answer.device.staff)：读入 \(counts.sets) 项（冲突 \(counts.conflicted)，退回 \(counts.quarantined)）、\(arrived) 份附件，"
                + "答复含 \(counts.records) 条记录、\(answer.blobs) 份附件。",
            "\(answer.device.staff): \(counts.sets) change sets (\(counts.conflicted) met a conflict, "
                + "\(counts.quarantined) refused) and \(arrived) attachments; the answer holds \(counts.records) records and "
                + "\(answer.blobs) attachments.")
        guard let reply else {
            return said + L("\n没有写答复包，请加 --reply 再读入一次。", "\nNo answer was written: read it again with --reply.")
        }
        return said
            + L(
                "\n请把 \(reply) 带回工作站：ruhu bundle import 文件",
                "\nTake \(reply) back to the station: ruhu bundle import FILE")
    }
}
