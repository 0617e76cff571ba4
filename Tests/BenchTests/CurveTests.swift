import Foundation
import ProgramRunner
import Testing

/// The growth curves: measured into a table, drawn from it.
@Suite struct CurveTests {
    private let folder: TemporaryFolder
    private let bench = Program("ruhu-bench")

    init() throws { folder = try TemporaryFolder() }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    }

    @Test func everyCurveIsMeasuredAndDrawnTheSameFromTheTable() throws {
        let measured = try bench.run(["curves", "--max", "1000", "--into", folder.url.path])
        #expect(measured.code == 0, "\(measured.errors)")
        let lines = try text("curves.csv").split(separator: "\n").map { $0.split(separator: ",") }
        #expect(lines.count == 2 && lines[0].count == lines[1].count)
        #expect(lines[1].first == "1000")
        for (name, cell) in zip(lines[0], lines[1]) { #expect((Double(cell) ?? 0) > 0, "\(name) \(cell)") }
        let names = ["push", "pull", "incremental", "find", "size", "memory"].map { "curves/\($0).svg" }
        let drawings = try names.map(text)
        for drawing in drawings {
            #expect(drawing.hasPrefix("<svg ") && drawing.contains("<title id=") && drawing.contains("<desc id="))
            #expect(drawing.contains("records, logarithmic") && !drawing.contains("<script"))
        }
        #expect(try bench.run(["curves", "--draw-only", "--into", folder.url.path]).code == 0)
        #expect(try names.map(text) == drawings)
    }

    @Test func aTableOfOtherColumnsIsNotDrawn() throws {
        try Data("records,speed\n1000,1\n".utf8).write(to: folder.url.appending(path: "curves.csv"))
        let outcome = try bench.run(["curves", "--draw-only", "--into", folder.url.path])
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("other columns"))
    }
}
