import CXlsxwriter
import CommandSupport
import Glibc
import SyncEngine

/// An Excel workbook, written by libxlsxwriter without holding rows: amounts and counts are numbers, days are dates,
/// every text is a text, whatever it looks like. What is returned is nothing: the workbook goes to its descriptor.
///
/// Rows lie in a temporary file of the library, which it makes beside the data and removes at once.
final class XLSXWriter: TableWriter {
    private let table: Table
    private let edition: TableEdition
    private let book: UnsafeMutablePointer<lxw_workbook>
    private let styles: Styles
    private var sheet: UnsafeMutablePointer<lxw_worksheet>?
    private var sheets = 0
    private var row: lxw_row_t = 0
    private var widths: [Int]
    private var measured = 0
    private var isClosed = false

    /// Rows of a sheet, its header included: what Excel can open. What is more goes on in a further sheet.
    private let rowLimit: lxw_row_t
    /// Excel's own: characters of a cell, in UTF-16.
    static let textLimit = 32_767
    /// Rows by which the columns' widths are chosen.
    private static let measuredRows = 1_000

    /// - Parameter folder: for the rows, until they are in the workbook.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``.
    init(
        _ table: Table, _ edition: TableEdition, to descriptor: Int32, folder: String, rowLimit: Int = 1_048_576
    ) throws {
        self.table = table
        self.edition = edition
        self.rowLimit = lxw_row_t(rowLimit)
        widths = table.columns.map { TerminalText.width($0.title.zh) }
        let book = folder.withCString { folder in
            var options = lxw_workbook_options()
            options.constant_memory = 1
            options.use_zip64 = 1
            options.tmpdir = UnsafeMutablePointer(mutating: folder)
            return workbook_new_opt("/proc/self/fd/\(descriptor)", &options)
        }
        guard let book else { throw Self.failure(LXW_ERROR_MEMORY_MALLOC_FAILED) }
        self.book = book
        styles = Styles(book)
    }

    deinit { if !isClosed { lxw_workbook_free(book) } }

    func begin() throws -> [UInt8] {
        let comments = "\(edition.township)  \(edition.at)  seq \(edition.seq)  epoch \(edition.epoch)"
        table.title.zh.withCString { title in
            comments.withCString { comments in
                var properties = lxw_doc_properties()
                properties.title = UnsafeMutablePointer(mutating: title)
                properties.comments = UnsafeMutablePointer(mutating: comments)
                properties.created = time_t(edition.at.milliseconds / 1000)
                workbook_set_properties(book, &properties)
            }
        }
        workbook_set_custom_property_number(book, "seq", Double(edition.seq))
        try addSheet()
        return []
    }

    func rows(_ rows: [[Table.Cell]]) throws -> [UInt8] {
        for cells in rows {
            if row == rowLimit { try addSheet() }
            for (column, cell) in cells.enumerated() { try write(cell, column) }
            row += 1
        }
        return []
    }

    /// - Throws: ``Problem`` ``Problem/Code/storage``, ``Problem/Code/storageFull``.
    func end() throws -> [UInt8] {
        try finishSheet()
        isClosed = true
        let code = workbook_close(book)
        guard code == LXW_NO_ERROR else { throw Self.failure(code) }
        return []
    }

    private func addSheet() throws {
        try finishSheet()
        sheets += 1
        // Of a name Excel takes 31 characters, and none of these.
        let name =
            String(table.title.zh.filter { !"[]:*?/\\'".contains($0) }.prefix(25)) + (sheets > 1 ? " \(sheets)" : "")
        guard let sheet = workbook_add_worksheet(book, name) else { throw Self.failure(LXW_ERROR_CREATING_TMPFILE) }
        self.sheet = sheet
        worksheet_freeze_panes(sheet, 1, 0)
        worksheet_repeat_rows(sheet, 0, 0)
        worksheet_set_landscape(sheet)
        worksheet_set_paper(sheet, 9)  // A4
        worksheet_fit_to_pages(sheet, 1, 0)
        row = 0
        for (column, heading) in table.columns.enumerated() {
            worksheet_write_string(sheet, 0, lxw_col_t(column), heading.title.zh, styles.heading)
        }
        row = 1
    }

    private func finishSheet() throws {
        guard let sheet else { return }
        for (column, width) in widths.enumerated() {
            worksheet_set_column(
                sheet, lxw_col_t(column), lxw_col_t(column), Double(min(max(width + 2, 8), 60)), nil)
        }
        guard ruhu_sheet_failed(sheet) == 0 else { throw Problem(.storage, table.name) }
    }

    private func write(_ cell: Table.Cell, _ column: Int) throws {
        let place = lxw_col_t(column)
        let code =
            switch cell {
            case .empty: LXW_NO_ERROR
            case .text, .label, .code: worksheet_write_string(sheet, row, place, Self.safe(cell.plain), styles.text)
            case .number(let number): write(number, cell.plain, place, scale: 1, styles.number)
            case .fen(let fen): write(fen, cell.plain, place, scale: 100, styles.yuan)
            case .percent(let tenths): write(tenths, cell.plain, place, scale: 1000, styles.percent)
            // Excel takes 1900 for a leap year: before its March its dates are not ours.
            case .day(let day) where day.daysSinceEpoch < -25_508:
                worksheet_write_string(sheet, row, place, day.description, styles.text)
            case .day(let day): write(Int64(day.daysSinceEpoch) + 25_569, cell.plain, place, scale: 1, styles.day)
            }
        guard code == LXW_NO_ERROR else { throw Self.failure(code) }
        if measured < Self.measuredRows * widths.count {
            measured += 1
            widths[column] = max(widths[column], TerminalText.width(String(cell.plain.prefix(80))))
        }
    }

    /// Excel computes in binary floating point: what it could not show to the last digit is written as a text. The
    /// numbers that are written are the nearest to a decimal of at most 15 digits, and show as that.
    private func write(
        _ number: Int64, _ plain: String, _ column: lxw_col_t, scale: Double, _ style: UnsafeMutablePointer<lxw_format>?
    ) -> lxw_error {
        number.magnitude < 1_000_000_000_000_000
            ? worksheet_write_number(sheet, row, column, Double(number) / scale, style)
            : worksheet_write_string(sheet, row, column, plain, styles.text)
    }

    /// What XML and Excel can hold: other control characters are shown as unknown, what reads like Excel's own escape of
    /// one (`_x000A_`) keeps its underscore, and a text that is too long ends in `…`.
    static func safe(_ text: String) -> String {
        // Most texts are short and plain.
        if text.utf8.count < textLimit,
            !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x5F || $0 == 0x7F || $0 == 0xEF })
        {
            return text
        }
        var result = String.UnicodeScalarView()
        var units = 0
        var previous: Unicode.Scalar = " "
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            defer { previous = scalar }
            var written: [Unicode.Scalar] = [scalar]
            switch scalar.value {
            case 0x0A where previous == "\r": continue
            case 0x0D: written = ["\n"]
            case 0x09, 0x0A: break
            case 0..<0x20, 0x7F, 0xFFFE, 0xFFFF: written = ["\u{FFFD}"]
            case 0x5F where isEscape(scalars[index...].prefix(7)): written = Array("_x005F_".unicodeScalars)
            default: break
            }
            units += written.reduce(0) { $0 + UTF16.width($1) }
            guard units < textLimit || (units == textLimit && index == scalars.count - 1) else {
                result.append("…")
                break
            }
            result.append(contentsOf: written)
        }
        return String(result)
    }

    private static func isEscape(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        let text = Array(scalars)
        return text.count == 7 && text[1] == "x" && text[6] == "_"
            && text[2..<6].allSatisfy(\.properties.isASCIIHexDigit)
    }

    private static func failure(_ code: lxw_error) -> Problem {
        let said = lxw_strerror(code).map { String(cString: $0) } ?? "\(code.rawValue)"
        return Problem(
            .storage, "XLSX",
            explanation: Label(zh: "写不出 XLSX 文件：\(said)", en: "The XLSX could not be written: \(said)"))
    }
}

/// How cells look.
private struct Styles {
    let heading: UnsafeMutablePointer<lxw_format>?
    let text: UnsafeMutablePointer<lxw_format>?
    let number: UnsafeMutablePointer<lxw_format>?
    let yuan: UnsafeMutablePointer<lxw_format>?
    let percent: UnsafeMutablePointer<lxw_format>?
    let day: UnsafeMutablePointer<lxw_format>?

    init(_ book: UnsafeMutablePointer<lxw_workbook>) {
        func style(_ format: String) -> UnsafeMutablePointer<lxw_format>? {
            let style = workbook_add_format(book)
            format_set_num_format(style, format)
            return style
        }
        heading = style("@")
        format_set_bold(heading)
        text = style("@")
        number = style("0")
        yuan = style("#,##0.00")
        percent = style("0.0%")
        day = style("yyyy-mm-dd")
    }
}
