import CommandSupport
import SyncEngine

/// A file that a table is taken away in.
enum TableFormat: String, CaseIterable, Sendable {
    case xlsx, csv, json

    /// The format that a file's name ends in.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for another ending.
    init(ofFile path: String) throws {
        let ending = path.split(separator: "/").last.flatMap { name in
            name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]).lowercased() }
        }
        guard let format = ending.flatMap(Self.init) else {
            throw Problem(
                .badValue, path,
                explanation: Label(
                    zh: "文件名要以 .xlsx、.csv 或 .json 结尾，或写明 --format",
                    en: "The file's name must end in .xlsx, .csv or .json, or --format must say the format"))
        }
        self = format
    }

    /// For HTTP.
    var mediaType: String {
        switch self {
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case .csv: "text/csv; charset=utf-8"
        case .json: "application/json"
        }
    }

    /// - Parameters:
    ///   - descriptor: of the file, which an XLSX is written to directly.
    ///   - folder: for what an XLSX needs until it is whole.
    func writer(_ table: Table, _ edition: TableEdition, to descriptor: Int32, folder: String) throws -> any TableWriter
    {
        switch self {
        case .csv: CSVWriter(table.columns)
        case .json: JSONTableWriter(table, edition)
        case .xlsx: try XLSXWriter(table, edition, to: descriptor, folder: folder)
        }
    }
}

/// Which state of the township a file shows.
struct TableEdition: Hashable, Sendable {
    /// Of the township or district.
    let township: String
    let epoch: EpochID
    /// Everything up to it is in the file, and nothing after it.
    let seq: Seq
    let at: Instant
}

/// Turns a table's rows into the bytes of a file, a few rows at a time.
protocol TableWriter {
    /// - Returns: what the file begins with.
    mutating func begin() throws -> [UInt8]
    mutating func rows(_ rows: [[Table.Cell]]) throws -> [UInt8]
    /// - Returns: what the file ends with.
    mutating func end() throws -> [UInt8]
}
