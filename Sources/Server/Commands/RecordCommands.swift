import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

struct ListCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: L("列出一类记录", "List records of one kind"))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var page: PageOptions
    @Argument(help: ArgumentHelp(L("记录种类，如 household", "Kind of record, e.g. household"))) var kind: String

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        guard let kind = tables.schema.kind(kind) else { throw Problem(.unknownKind, kind) }
        let selection = try page.selection()
        let documents = try township.database.read { database in
            try tables.list(kind, selection, in: database).map {
                RecordDocument($0, kind: kind, conflicts: try tables.openConflicts(of: $0.id, in: database))
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

    @OptionGroup var options: TownshipOptions
    @OptionGroup var page: PageOptions
    @Argument(help: ArgumentHelp(L("要找的文字", "What to find"))) var text: String

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        let selection = try page.selection()
        let documents = try township.database.read { database in
            try tables.find(SearchText.wanted(text), selection, in: database).map { record, kind in
                RecordDocument(record, kind: kind, conflicts: try tables.openConflicts(of: record.id, in: database))
            }
        }
        options.output.write(records: documents, of: page)
    }
}

struct ShowCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: L("显示一条记录，或它在某时的样子", "Show a record, now or as of a time"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String
    @Option(help: ArgumentHelp(L("某日、某时（RFC 3339）或某序号", "A date, a time (RFC 3339) or a seq"))) var asOf: String?

    func run() throws {
        let township = try options.township()
        let tables = township.database.tables
        guard let id = RecordID(id) else { throw Problem(.unknownRecord, id) }
        let document = try township.database.read { database in
            guard let (present, kind) = try tables.record(id, in: database) else {
                throw Problem(.unknownRecord, id.description)
            }
            let reader = LogReader(database, tables: tables)
            guard let asOf else {
                return RecordDocument(
                    present, kind: kind, conflicts: try tables.openConflicts(of: id, in: database),
                    duplicates: try tables.open(
                        DuplicateRecord.kind, naming: id, in: DuplicateRecord.namingFields, database: database))
            }
            guard let then = try reader.record(id, kind: kind, asOf: try reader.seq(asOf: asOf)) else {
                throw Problem(.unknownRecord, "\(id) @ \(asOf)")
            }
            return RecordDocument(then, kind: kind, conflicts: [])
        }
        options.output.write(document.json, text: document.text)
    }
}

extension LogReader {
    /// A bare number is a seq; a bare date means its end in China.
    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    func seq(asOf text: String) throws -> Seq {
        if let seq = Seq(text) { return seq }
        guard let instant = Instant(text) else { throw Problem(.badValue, "--as-of") }
        let isDay = CalendarDay(text) != nil
        return try seq(asOf: isDay ? Instant(milliseconds: instant.milliseconds + 86_399_999) : instant)
    }
}

struct HistoryCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "history", abstract: L("一条记录的全部变更：谁、何时、为何", "Every set that names a record: who, when, why"))
    }

    @OptionGroup var options: TownshipOptions
    @Argument(help: ArgumentHelp(L("记录编号", "The record's id"))) var id: String

    func run() throws {
        let township = try options.township()
        guard let id = RecordID(id) else { throw Problem(.unknownRecord, id) }
        let entries = try township.database.read { database in
            try HistoryReader(database, tables: township.database.tables).entries(of: id)
        }
        guard !entries.isEmpty else { throw Problem(.unknownRecord, id.description) }
        options.output.write(history: entries.map(HistoryEntry.init))
    }
}
