import Assistance
import CommandSupport
import GRDB
import NIOCore
import NIOPosix
import RecordStore
import SyncEngine

/// A table on its way into a file: all of it as it was at one seq, however long the reading takes, a page of rows in
/// memory at a time. What can be refused is refused before there is one.
struct TableExport: Sendable {
    let table: Table
    let format: TableFormat
    let edition: TableEdition
    private let snapshot: DatabaseSnapshot
    private let folder: String
    /// Read already: of a table that cannot be read there is no export.
    private let first: Table.Page
    /// Puts on record that it shows what is masked, before the first byte is given away; nothing else does.
    private let disclosure: (@Sendable () throws -> Void)?

    /// Rows that are read and written at a time.
    static let rowsPerPage = 1_000

    /// Holds the state of the moment.
    /// - Throws: what reading the table's first page throws.
    init(
        _ table: Table, as format: TableFormat, from township: Township,
        disclosure: (@Sendable () throws -> Void)? = nil
    ) throws {
        self.table = table
        self.format = format
        self.disclosure = disclosure
        folder = township.folder.path
        let snapshot = try township.database.snapshot()
        let tables = township.database.tables
        let head = try snapshot.read { try LogReader($0, tables: tables).head() }
        edition = TableEdition(
            township: township.identity.name, epoch: head.epoch, seq: head.seq, at: township.clock())
        // What is computed at once is not computed again for each page.
        let rows = table.isComputed ? Int.max : Self.rowsPerPage
        first = try snapshot.read { try table.page(nil, rows, $0) }
        self.snapshot = snapshot
    }

    /// A table of the catalogue. Where it is asked for in clear, that is put on record when the file is begun.
    /// - Parameter person: who asks at the desk; `nil`: the author of a command.
    /// - Throws: as ``TableCatalogue/table(_:_:of:)``; ``Problem`` ``Problem/Code/reasonNeeded``; what reading throws.
    init(
        of name: String, _ request: TableCatalogue.Request, as format: TableFormat, from township: Township,
        act: Desk.Act, by person: Person? = nil
    ) throws {
        let table = try TableCatalogue.table(name, request, of: township)
        guard request.isClear else {
            try self.init(table, as: format, from: township)
            return
        }
        let taken = Disclosure.TakenTable(table: name, format: format.rawValue, village: request.village)
        let fields = try Disclosure.fields(
            of: taken.text, reason: act.reason, account: person?.name ?? act.author, name: person?.fullName ?? "",
            role: person?.role, at: act.now)
        try self.init(table, as: format, from: township) { try Disclosures.keep(fields, act, township) }
    }

    /// `households-2026-11-25.xlsx`
    var fileName: String { "\(table.name)-\(edition.at.day).\(format.rawValue)" }

    /// Writes a file that only its owner may read; it is whole, or not there.
    /// - Returns: how many rows it has.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``, ``Problem/Code/storage``, ``Problem/Code/storageFull``; what
    ///   reading the table throws.
    @discardableResult func write(to path: String) throws -> Int {
        try FreeSpace.explained(Files.parent(of: path)) {
            try SecretFile.write(to: path) { descriptor in
                try disclosure?()
                return try write(descriptor: descriptor, path: path)
            }
        }
    }

    /// Blocks the thread until all is written.
    private func write(descriptor: Int32, path: String) throws -> Int {
        var writer = try format.writer(table, edition, to: descriptor, folder: folder)
        var count = 0
        func put(_ bytes: [UInt8]) throws { try Descriptor.write(bytes, to: descriptor, path: path) }
        try put(try writer.begin())
        var page = first
        while true {
            try put(try writer.rows(page.rows))
            count += page.rows.count
            guard let next = page.next else { break }
            page = try snapshot.read { try table.page(next, Self.rowsPerPage, $0) }
        }
        try put(try writer.end())
        return count
    }

    // MARK: - For HTTP

    /// The file's bytes as they come, for an HTTP body: they are read when they are asked for, so that a slow reader
    /// fills no memory. CSV and JSON begin with the first page; when a later one cannot be read, the body ends in that
    /// error, so that nobody takes a part for the whole. An XLSX is made whole first, in a file without a name. Blocks
    /// the thread until it can begin.
    /// - Throws: as ``write(to:)``.
    func body() throws -> Body {
        let start: Body.Start
        if format == .xlsx {
            let file = try NamelessFile(in: folder)
            _ = try write(descriptor: file.descriptor, path: table.name)
            start = .file(file)
        } else {
            start = .rows(first)
        }
        try disclosure?()
        return Body(export: self, start: start)
    }

    struct Body: AsyncSequence, Sendable {
        typealias Element = ByteBuffer

        fileprivate enum Start: Sendable {
            case rows(Table.Page)
            case file(NamelessFile)
        }

        fileprivate let export: TableExport
        fileprivate let start: Start

        func makeAsyncIterator() -> Iterator { Iterator(export: export, start: start) }

        struct Iterator: AsyncIteratorProtocol {
            private let export: TableExport
            private var state: State

            private enum State {
                case start(Table.Page)
                case rows(any TableWriter, Table.Place)
                case file(NamelessFile, offset: Int)
                case end
            }

            /// Bytes of a file that are read at a time.
            private static let chunkBytes = 65_536

            fileprivate init(export: TableExport, start: Start) {
                self.export = export
                switch start {
                case .rows(let page): state = .start(page)
                case .file(let file): state = .file(file, offset: 0)
                }
            }

            /// - Throws: what reading throws.
            mutating func next() async throws -> ByteBuffer? {
                switch state {
                case .start(let page):
                    var writer = try export.format.writer(export.table, export.edition, to: -1, folder: export.folder)
                    let head = try writer.begin()
                    return ByteBuffer(bytes: head + (try put(page, &writer)))
                case .rows(var writer, let place):
                    let page = try await export.snapshot.read { [table = export.table] in
                        try table.page(place, TableExport.rowsPerPage, $0)
                    }
                    return ByteBuffer(bytes: try put(page, &writer))
                case .file(let file, let offset):
                    let bytes = try await NIOThreadPool.singleton.runIfActive {
                        try file.read(at: offset, count: Self.chunkBytes)
                    }
                    state = bytes.isEmpty ? .end : .file(file, offset: offset + bytes.count)
                    return bytes.isEmpty ? nil : ByteBuffer(bytes: bytes)
                case .end: return nil
                }
            }

            /// A page's rows, and with the last of them the end.
            private mutating func put(_ page: Table.Page, _ writer: inout any TableWriter) throws -> [UInt8] {
                let bytes = try writer.rows(page.rows)
                guard let next = page.next else {
                    state = .end
                    return bytes + (try writer.end())
                }
                state = .rows(writer, next)
                return bytes
            }
        }
    }
}
