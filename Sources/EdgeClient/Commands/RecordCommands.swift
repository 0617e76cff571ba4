import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct NewCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "new", abstract: L("新建记录", "Create a record"),
            discussion: L(
                "例：ruhu new household number=012 address=三组 phones=13812345678\n写 - 则从标准输入读 JSON 文档：{\"kind\":…,\"fields\":{…}}，一个或多个。",
                "Example: ruhu new household number=012 address=三组 phones=13812345678\nWith - it reads JSON documents from standard input: {\"kind\":…,\"fields\":{…}}, one or many."
            ))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("记录种类，或 -", "Kind of record, or -"))) var kind: String
    @Argument(help: ArgumentHelp(L("字段=值 …", "field=value …"))) var fields: [String] = []

    func run() throws {
        let station = try options.station()
        let recorder = Recorder(station: station, author: try author.name(station), reason: author.reason ?? "")
        if kind == "-" || fields == ["-"] {
            let documents = try DocumentInput.read()
            let results = try recorder.create(documents, kind: kind == "-" ? nil : kind)
            options.output.write(recorded: results.recorded, isStream: documents.count != 1, warnings: results.warnings)
            return
        }
        let kind = try recorder.kind(kind)
        let writes = try recorder.writes(fields, kind: kind)
        let result = try recorder.create(kind: kind, writes: writes)
        options.output.write(recorded: [result.recorded], isStream: false, warnings: result.warnings)
    }
}

struct EditCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "edit", abstract: L("修改记录", "Change a record"),
            discussion: L(
                "字段=值 设定，字段= 清空，字段+=值 添加，字段-=值 去掉（多值字段）。",
                "name=value sets, name= clears, name+=value adds and name-=value removes (sets)."))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("记录编号，或 -", "The record's id, or -"))) var id: String
    @Argument(help: ArgumentHelp(L("字段=值 …", "field=value …"))) var fields: [String] = []

    func run() throws {
        let station = try options.station()
        let recorder = Recorder(station: station, author: try author.name(station), reason: author.reason ?? "")
        if id == "-" || fields == ["-"] {
            let documents = try DocumentInput.read()
            let results = try recorder.edit(documents, id: id == "-" ? nil : id)
            options.output.write(recorded: results.recorded, isStream: documents.count != 1, warnings: results.warnings)
            return
        }
        let (record, kind) = try recorder.record(id)
        let writes = try recorder.writes(fields, kind: kind)
        guard !writes.isEmpty else { throw Problem(.nothingToChange) }
        let result = try recorder.edit(record, kind: kind, writes: writes)
        options.output.write(recorded: [result.recorded], isStream: false, warnings: result.warnings)
    }
}

struct DeleteCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "delete",
            abstract: L("删除记录，连同其下的记录；须写原因", "Delete a record and what hangs below it; a reason is needed"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String

    func run() throws {
        let station = try options.station()
        guard let reason = author.reason, !reason.isEmpty else { throw Problem(.reasonNeeded, "delete") }
        let recorder = Recorder(station: station, author: try author.name(station), reason: reason)
        let (record, kind) = try recorder.record(id)
        let result = try recorder.commit([Draft(kind: kind, record: record.id, operation: .delete)])
        options.output.write(recorded: [result.recorded], isStream: false, warnings: result.warnings)
    }
}

struct ShowCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: L("显示一条记录", "Show a record"))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String

    func run() throws {
        let station = try options.station()
        let (document, attachment) = try station.replica.read { transaction in
            let (record, kind) = try transaction.known(id)
            return (try transaction.document(of: record, kind: kind, withDuplicates: true), Attachment(record))
        }
        guard let attachment else { return options.output.write(document.json, text: document.text) }
        let file = try AttachmentDocument(attachment, blobs: station.blobs)
        options.output.write(
            document.json.adding([("blob", file.blob)]), text: document.text + "\n  " + file.stateText)
    }
}

struct ListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("列出一类记录", "List records of one kind"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var page: PageOptions
    @Argument(help: ArgumentHelp(L("记录种类，如 household", "Kind of record, e.g. household"))) var kind: String

    func run() throws {
        let station = try options.station()
        guard let kind = station.replica.tables.schema.kind(kind) else { throw Problem(.unknownKind, kind) }
        let selection = try page.selection()
        let documents = try station.replica.read { transaction in
            try transaction.tables.list(kind, selection, in: transaction.database).map {
                try transaction.document(of: $0, kind: kind)
            }
        }
        options.output.write(records: documents, of: page)
    }
}

struct FindCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "find", abstract: L("按姓名、住址、编号或拼音首字母查找", "Find by name, address, number or pinyin initials"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var page: PageOptions
    @Argument(help: ArgumentHelp(L("要找的文字", "What to find"))) var text: String

    func run() throws {
        let station = try options.station()
        let selection = try page.selection()
        let documents = try station.replica.read { transaction in
            try transaction.tables.find(SearchText.wanted(text), selection, in: transaction.database).map {
                record, kind in
                try transaction.document(of: record, kind: kind)
            }
        }
        options.output.write(records: documents, of: page)
    }
}

struct HistoryCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "history", abstract: L("一条记录的变更：谁、何时、为何", "A record's changes: who, when, why"))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String

    func run() throws {
        let station = try options.station()
        let entries = try station.replica.read { transaction in
            let (record, kind) = try transaction.known(id)
            return try transaction.history(of: record.id, kind: kind)
        }
        options.output.write(history: entries.map(HistoryEntry.init))
    }
}

extension ReplicaTransaction {
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    /// A record by its id; a household by its number too.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``.
    func known(_ text: String) throws -> (Record, KindSchema) {
        guard let id = RecordID(text) else { return (try household(named: text), householdKind) }
        guard let found = try tables.record(id, in: database) else { throw Problem(.unknownRecord, text) }
        return found
    }

    func document(
        of record: Record, kind: KindSchema, withDuplicates: Bool = false
    ) throws -> RecordDocument {
        let duplicates =
            try withDuplicates
            ? tables.open(
                DuplicateRecord.kind, naming: record.id, in: DuplicateRecord.namingFields, database: database) : nil
        return RecordDocument(
            record, kind: kind, pending: try pendingFields(of: record.id),
            conflicts: try tables.openConflicts(of: record.id, in: database), duplicates: duplicates)
    }

    /// Fields with own edits that are not yet decided, in order of name.
    private func pendingFields(of record: RecordID) throws -> [String] {
        var names: Set<String> = []
        for number in try overlay(of: record) {
            for change in try outboxSet(number)?.sealed.set.changes ?? [] where change.record == record {
                names.formUnion(change.edits.map(\.field))
                if change.operation == .delete { names.insert(Effect.deleted) }
            }
        }
        return names.sorted()
    }
}
