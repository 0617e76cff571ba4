import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct AttachCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "attach",
            abstract: L("给一条记录附上照片、签字或文件", "Attach a photo, a signature or a document to a record"),
            discussion: L(
                "文件会复制到本站数据目录；原文件可以不保留。同一文件附两次只算一次。最大 20 MiB。",
                "The file is copied into the station's folder; the same file twice is one. At most 20 MiB."))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String
    @Argument(help: ArgumentHelp(L("文件", "The file"))) var file: String
    @Option(help: ArgumentHelp(L("类别：photo 照片、signature 签字、document 文件", "photo, signature or document"))) var kind:
        String
    @Option(help: ArgumentHelp(L("页码，多页文件用", "The page, of a document with several"))) var page: Int64?

    func run() throws {
        let station = try options.station()
        let recorder = Recorder(station: station, author: try author.name(station), reason: author.reason ?? "")
        let (record, recordKind) = try recorder.record(id)
        guard !recordKind.isSystem, recordKind.name != Attachment.kindName else {
            throw Problem(.systemKind, recordKind.name)
        }
        guard !record.isDeleted else { throw Problem(.recordDeleted, id) }
        let attached = try AttachedFile(path: file, kind: kind, page: page, station: station)
        if let known = try existing(attached.blob, of: record, in: station) {
            return write(Recorded(id: known, kind: Attachment.kindName, set: nil), attached)
        }
        let result = try recorder.create(kind: Attachment.kind, writes: attached.writes(record: record.id))
        Diagnostics.warn(result.warnings)
        write(result.recorded, attached)
    }

    private func existing(_ blob: Hash256, of record: Record, in station: Station) throws -> RecordID? {
        try station.replica.read { transaction in
            try transaction.tables.all(
                of: Attachment.kind,
                where: [("record", .text(record.id.description)), ("sha256", .text(blob.description))],
                in: transaction.database
            ).first?.id
        }
    }

    private func write(_ recorded: Recorded, _ file: AttachedFile) {
        options.output.write(
            recorded.json.adding([("sha256", .string(file.blob.description)), ("size", .int(Int64(file.size)))]),
            text: recorded.text)
    }
}

struct AttachmentsCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "attachments",
            abstract: L("一条记录的附件，及其文件在哪里", "A record's attachments, and where their files are"),
            discussion: L(
                "waiting：文件还没到镇街；here：镇街和本机都有；township：只在镇街，--fetch 取回。",
                "waiting: not at the township yet; here: there and here; township: there only, --fetch brings it."))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("记录编号，或附件编号", "The record's id, or an attachment's"))) var id: String
    @Flag(help: ArgumentHelp(L("取回本机没有的文件", "Fetch the files that are not here"))) var fetch = false

    func run() throws {
        let station = try options.station()
        let attachments = try attachments(in: station)
        if fetch { try fetch(attachments, to: station) }
        let documents = try attachments.map { try AttachmentDocument($0, blobs: station.blobs) }
        options.output.write(
            .object([
                ("attachments", .array(documents.map(\.json))), ("count", .int(Int64(documents.count))),
            ]),
            text: documents.isEmpty
                ? L("没有附件", "No attachments") : documents.map(\.text).joined(separator: "\n"))
    }

    private func attachments(in station: Station) throws -> [Attachment] {
        try station.replica.read { transaction in
            let (record, _) = try transaction.known(id)
            if let only = Attachment(record) { return [only] }
            return try transaction.tables.all(
                of: Attachment.kind, where: [("record", .text(record.id.description))], in: transaction.database
            ).compactMap { Attachment($0) }
        }
    }

    private func fetch(_ attachments: [Attachment], to station: Station) throws {
        let missing = try attachments.filter { try station.blobs.size(of: $0.sha256) == nil && $0.arrivedAt != nil }
        guard !missing.isEmpty else { return }
        try station.checkFreeSpace(needed: missing.map(\.size).reduce(0, +))
        let bar = ProgressBar(label: L("附件 KiB", "Attachments KiB"))
        defer { bar.finish() }
        try SyncRun(station: station).fetch(missing) { done, total in
            bar.update(completed: done / 1024, total: total / 1024)
        }
    }
}

/// An attachment with where its file is.
struct AttachmentDocument {
    /// The names are part of the JSON contract.
    enum State: String {
        case waiting, here, township
    }

    private let attachment: Attachment
    private let path: String?

    /// - Throws: ``Problem`` ``Problem/Code/storage``.
    init(_ attachment: Attachment, blobs: BlobFolder) throws {
        self.attachment = attachment
        path = try blobs.size(of: attachment.sha256) == nil ? nil : blobs.path(of: attachment.sha256)
    }

    private var state: State {
        guard attachment.arrivedAt != nil else { return .waiting }
        return path == nil ? .township : .here
    }

    /// `state`, `path` (null when the file is not here).
    var blob: JSONValue {
        .object([("state", .string(state.rawValue)), ("path", path.map(JSONValue.string) ?? .null)])
    }

    /// `id`, `kind`, `page`, `name`, `mediaType`, `size`, `sha256`, `arrivedAt`, `state`, `path`.
    var json: JSONValue {
        .object([
            ("id", .string(attachment.id.description)), ("kind", .string(attachment.kind)),
            ("page", attachment.page.map { .int($0) } ?? .null), ("name", .string(attachment.name)),
            ("mediaType", .string(attachment.mediaType)), ("size", .int(Int64(attachment.size))),
            ("sha256", .string(attachment.sha256.description)),
            ("arrivedAt", attachment.arrivedAt.map { .string($0.description) } ?? .null),
            ("state", .string(state.rawValue)), ("path", path.map(JSONValue.string) ?? .null),
        ])
    }

    var stateText: String {
        switch state {
        case .waiting: L("文件还没有到镇街", "The file has not arrived at the township")
        case .here: L("文件在镇街，本机也有：\(path ?? "")", "The file is at the township and here: \(path ?? "")")
        case .township: L("文件在镇街，本机没有（--fetch 取回）", "The file is at the township, not here (--fetch brings it)")
        }
    }

    var text: String {
        let kind = Attachment.kinds[attachment.kind] ?? attachment.kind
        return "\(attachment.id)  \(L(kind, attachment.kind))  \(attachment.name)  \(stateText)"
    }
}
