import Glibc
import SyncEngine

/// The encodings that spreadsheets save a CSV in.
package enum TextEncoding: String, Sendable {
    case utf8 = "utf-8"
    /// What Excel and WPS save in China; GBK is part of it.
    case gb18030
    case utf16 = "utf-16"

    /// The bytes in UTF-8 without a byte order mark, and what they were. What is no valid UTF-8 is read as GB 18030.
    /// - Throws: ``Problem`` ``Problem/Code/badDocument`` for a workbook, or bytes that are text in none of them.
    package static func decode(_ bytes: [UInt8], name: String) throws -> (bytes: [UInt8], encoding: TextEncoding) {
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            throw Problem(
                .badDocument, name,
                explanation: Label(
                    zh: "这是 Excel 工作簿；请另存为 CSV（UTF-8）再导入",
                    en: "This is an Excel workbook: save it as CSV (UTF-8) and import that"))
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return (try convert(bytes, from: "UTF-16", name: name), .utf16)
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard !text.contains(0) else { throw unreadable(name) }
        if String(validating: text, as: UTF8.self) != nil { return (text, .utf8) }
        return (try convert(text, from: "GB18030", name: name), .gb18030)
    }

    private static func convert(_ bytes: [UInt8], from encoding: String, name: String) throws -> [UInt8] {
        guard let converter = iconv_open("UTF-8", encoding), converter != iconv_t(bitPattern: -1) else {
            throw unreadable(name)
        }
        defer { iconv_close(converter) }
        var source = bytes.map { CChar(bitPattern: $0) }
        // A character of two bytes takes three or four.
        var target = [CChar](repeating: 0, count: bytes.count * 2 + 16)
        let written = source.withUnsafeMutableBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target -> Int? in
                var (input, inputLeft) = (source.baseAddress, source.count)
                var (output, outputLeft) = (target.baseAddress, target.count)
                let code = iconv(converter, &input, &inputLeft, &output, &outputLeft)
                return code == Int.max || code == -1 || inputLeft > 0 ? nil : target.count - outputLeft
            }
        }
        guard let written else { throw unreadable(name) }
        return target.prefix(written).map { UInt8(bitPattern: $0) }
    }

    private static func unreadable(_ name: String) -> Problem {
        Problem(
            .badDocument, name,
            explanation: Label(
                zh: "文字编码读不懂；请另存为 CSV（UTF-8）再导入",
                en: "The text's encoding cannot be read: save it as CSV (UTF-8) and import that"))
    }
}
