import Foundation
import Testing

/// `docs/acceptance.md` says how each obligation is met: it must be whole, and what it names must be there.
@Suite struct AcceptanceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private struct Row {
        let number: Int
        let cells: [String]

        var isOpen: Bool { cells[1].contains("**open**") }
        var tests: [String] { cells[3].split(separator: "`").map(String.init).filter { $0.first?.isLetter == true } }
    }

    private static func rows() throws -> [Row] {
        let text = try String(contentsOf: root.appending(path: "docs/acceptance.md"), encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("| R"), let end = line.dropFirst(3).firstIndex(of: " "),
                let number = Int(line.dropFirst(3)[..<end])
            else { return nil }
            let cells = line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
            return Row(number: number, cells: cells.dropFirst().map { $0.trimmingCharacters(in: .whitespaces) })
        }
    }

    /// `Suite` and `Suite.test` of every test file.
    private static func known() throws -> Set<String> {
        var known: Set<String> = []
        let files = FileManager.default.enumerator(at: root.appending(path: "Tests"), includingPropertiesForKeys: nil)
        for case let file as URL in files! where file.pathExtension == "swift" {  // the folder is there
            var suite = ""
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
                if line.contains("@Suite"), let at = words.firstIndex(of: "struct") ?? words.firstIndex(of: "class") {
                    suite = words[at + 1]
                } else if line.hasPrefix("extension ") {
                    suite = words[1]
                }
                known.insert(suite)
                if let at = words.firstIndex(of: "func"), at + 1 < words.count {
                    known.insert("\(suite).\(words[at + 1])")
                }
            }
        }
        return known
    }

    @Test func everyObligationHasItsRow() throws {
        #expect(try Self.rows().map(\.number) == Array(1...70))
        #expect(try Self.rows().allSatisfy { $0.cells.count == 4 })
    }

    @Test func aRowThatIsMetNamesATestThatIsThere() throws {
        let known = try Self.known()
        for row in try Self.rows() {
            #expect(row.isOpen || !row.tests.isEmpty, "R\(row.number) is neither open nor tested")
            #expect(row.tests.filter { !known.contains($0) } == [], "R\(row.number) names what is not there")
        }
    }

    @Test func theTenCollisionsNameTheirTests() throws {
        let known = try Self.known()
        let text = try String(contentsOf: Self.root.appending(path: "docs/acceptance.md"), encoding: .utf8)
        let named = text.split(separator: "\n").compactMap { line -> String? in
            let parts = line.split(separator: "`", omittingEmptySubsequences: false)
            return line.first?.isNumber == true && parts.count > 1 ? String(parts[1]) : nil
        }
        #expect(named.count == 10)
        #expect(named.filter { !known.contains("CollisionTests.\($0)") } == [])
    }
}
