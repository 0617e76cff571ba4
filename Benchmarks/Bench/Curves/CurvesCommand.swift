import ArgumentParser
import Foundation
import ProgramRunner

struct CurvesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curves",
        abstract: "Growth from 1,000 to 1,000,000 records: docs/curves.csv and docs/curves/*.svg.",
        discussion: "One township grows; a million takes about 10 minutes and 6 GB of temporary files.")

    @Option(help: "The largest size; smaller ones of 1,000, 3,000, 10,000 … are measured too.") var max = 1_000_000
    @Option(help: "Where the table and the drawings go.") var into = "docs"
    @Flag(help: "Draws the table that is there anew, and measures nothing.") var drawOnly = false

    func validate() throws {
        guard max >= GrowthCurves.sizes[0] else { throw ValidationError("--max is at least \(GrowthCurves.sizes[0])") }
    }

    func run() throws {
        let folder = URL(filePath: into)
        let table = folder.appending(path: "curves.csv")
        let drawings = folder.appending(path: "curves")
        try FileManager.default.createDirectory(at: drawings, withIntermediateDirectories: true)
        if !drawOnly { try measure(into: table) }
        let points = try CurvePoint.read(table)
        for topic in CurveTopic.all {
            try Data(CurveDrawing(topic: topic, points: points).svg.utf8)
                .write(to: drawings.appending(path: "\(topic.name).svg"))
        }
        Report.say(
            "\(table.path), \(drawings.path): \(CurveTopic.all.map { "\($0.name).svg" }.joined(separator: ", "))")
    }

    /// Written after every size: a run that is ended has what it measured.
    private func measure(into table: URL) throws {
        let curves = try GrowthCurves()
        defer { curves.stop() }
        var points: [CurvePoint] = []
        for size in GrowthCurves.sizes where size <= self.max {
            Report.say("\(size) records")
            let point = try curves.point(size)
            points.append(point)
            Report.say(Curve.allCases.map { "  \($0.rawValue) \(point.values[$0] ?? .nan)" }.joined(separator: "\n"))
            let lines = [CurvePoint.heading] + points.map(\.line)
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: table)
        }
    }
}
