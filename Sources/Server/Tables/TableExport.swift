import CommandSupport
import GRDB
import NIOCore
import NIOPosix
import RecordStore
import SyncEngine

/// A table on its way into a file: all of it as it was at one seq, however long the reading takes, a page of rows in
/// memory at a time.
struct TableExport: Sendable {
    let table: Table
    let format: TableFormat
    let edition: TableEdition
    private let snapshot: DatabaseSnapshot
    private let folder: String

    /// Rows that are read and written at a time.
    static let rowsPerPage = 1_000

    /// Holds the state of the moment.
    init(_ table: Table, as format: TableFormat, from township: Township) throws {
        self.table = table
        self.format = format
        folder = township.folder.path
        snapshot = try township.database.snapshot()
        let tables = township.database.tables
        let head = try snapshot.read { try LogReader($0, tables: tables).head() }
        edition = TableEdition(
            township: township.identity.name, epoch: head.epoch, seq: head.seq, at: township.clock())
    }

    /// `households-2026-11-25.xlsx`
    var fileName: String { "\(table.name)-\(edition.at.day).\(format.rawValue)" }

    /// Writes a file that only its owner may read; it is whole, or not there.
    /// - Returns: how many rows it has.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``, ``Problem/Code/storage``, ``Problem/Code/storageFull``; what
    ///   reading the table throws.
    @discardableResult func write(to path: String) throws -> Int {
        try FreeSpace.explained(Files.parent(of: path)) {
            try SecretFile.write(to: path) { try write(descriptor: $0, path: path) }
        }
    }

    /// Blocks the thread until all is written.
    fileprivate func write(descriptor: Int32, path: String) throws -> Int {
        var writer = try format.writer(table, edition, to: descriptor, folder: folder)
        var count = 0
        func put(_ bytes: [UInt8]) throws { try Descriptor.write(bytes, to: descriptor, path: path) }
        try put(try writer.begin())
        var place: Table.Place?
        repeat {
            let page = try page(after: place)
            try put(try writer.rows(page.rows))
            count += page.rows.count
            place = page.next
        } while place != nil
        try put(try writer.end())
        return count
    }

    private func page(after place: Table.Place?) throws -> Table.Page {
        try snapshot.read { try table.page(place, Self.rowsPerPage, $0) }
    }

    /// The file's bytes as they come, for an HTTP body: they are read when they are asked for, so that a slow reader
    /// fills no memory. CSV and JSON begin with the first page; an XLSX is made whole here, in a file without a name, which
    /// blocks the thread.
    /// - Throws: as ``write(to:)``.
    func body() throws -> Body {
        guard format == .xlsx else { return Body(source: .export(self)) }
        let file = try NamelessFile(in: folder)
        _ = try write(descriptor: file.descriptor, path: table.name)
        return Body(source: .file(file))
    }

    struct Body: AsyncSequence, Sendable {
        typealias Element = ByteBuffer
        fileprivate let source: Source

        fileprivate enum Source {
            case export(TableExport)
            case file(NamelessFile)
        }

        func makeAsyncIterator() -> Iterator { Iterator(source) }

        struct Iterator: AsyncIteratorProtocol {
            private var state: State

            private enum State {
                case start(TableExport)
                case rows(TableExport, any TableWriter, Table.Place?)
                case file(NamelessFile, offset: Int)
                case end
            }

            /// Bytes of a file that are read at a time.
            private static let chunkBytes = 65_536

            fileprivate init(_ source: Source) {
                switch source {
                case .export(let export): state = .start(export)
                case .file(let file): state = .file(file, offset: 0)
                }
            }

            /// - Throws: as ``TableExport/write(to:)``.
            mutating func next() async throws -> ByteBuffer? {
                switch state {
                case .start(let export):
                    var writer = try export.format.writer(export.table, export.edition, to: -1, folder: export.folder)
                    let head = try writer.begin()
                    return ByteBuffer(bytes: head + (try await rows(of: export, &writer, after: nil)))
                case .rows(let export, var writer, let place):
                    return ByteBuffer(bytes: try await rows(of: export, &writer, after: place))
                case .file(let file, let offset):
                    let bytes = try await NIOThreadPool.singleton.runIfActive {
                        try file.read(at: offset, count: Self.chunkBytes)
                    }
                    state = bytes.isEmpty ? .end : .file(file, offset: offset + bytes.count)
                    return bytes.isEmpty ? nil : ByteBuffer(bytes: bytes)
                case .end: return nil
                }
            }

            /// The next page's rows, and with the last of them the end.
            private mutating func rows(
                of export: TableExport, _ writer: inout any TableWriter, after place: Table.Place?
            ) async throws -> [UInt8] {
                let page = try await export.snapshot.read { [table = export.table] in
                    try table.page(place, TableExport.rowsPerPage, $0)
                }
                var bytes = try writer.rows(page.rows)
                if let next = page.next {
                    state = .rows(export, writer, next)
                } else {
                    bytes += try writer.end()
                    state = .end
                }
                return bytes
            }
        }
    }
}
