import Foundation
import ProgramRunner
import Testing

/// The benchmark gate itself: it can fail, it can pass, and it takes no limits that say nothing. The figures are those of
/// counts, or far from any limit: nothing here depends on how fast a build or a machine is.
@Suite struct GateTests {
    private let folder: TemporaryFolder
    private let bench = Program("ruhu-bench")

    init() throws { folder = try TemporaryFolder() }

    private func gate(_ limits: String) throws -> Program.Outcome {
        let file = folder.url.appending(path: "gate.json")
        try Data(#"{"records": 60, "runs": 1, "limits": [\#(limits)]}"#.utf8).write(to: file)
        return try bench.run(["gate", "--limits", file.path])
    }

    @Test func moreBytesThanTheLimitFail() throws {
        let outcome = try gate(#"{"id": "idle.bytes", "value": 10}, {"id": "idle.requests", "value": 100}"#)
        #expect(outcome.code == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("once more: idle.bytes\n"))
        #expect(outcome.errors.contains("gate: idle.bytes: clearly worse"))
    }

    @Test func whatIsWithinItsLimitPasses() throws {
        let outcome = try gate(#"{"id": "idle.bytes", "value": 100000}, {"id": "idle.requests", "value": 100}"#)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("once more"))
    }

    @Test func aRatioAboveItsLimitFails() throws {
        let outcome = try gate(#"{"id": "bulk.push.server", "ratio": 0.001}, {"id": "bulk.pull.server", "ratio": 1e9}"#)
        #expect(outcome.code == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("gate: bulk.push.server: clearly worse"))
    }

    @Test(arguments: [
        #"{"id": "bulk.push.sever", "ratio": 2}"#, #"{"id": "idle.time", "value": 100}"#,
        #"{"id": "idle.bytes", "ratio": 2}"#, #"{"id": "bulk.push.server"}"#,
        #"{"id": "bulk.push.server", "ratio": 2, "value": 2}"#,
        #"{"id": "idle.bytes", "value": 9}, {"id": "idle.bytes", "value": 9}"#, "", "{",
    ])
    func aLimitThatSaysNothingIsRefused(limits: String) throws {
        let outcome = try gate(limits)
        #expect(outcome.code == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("gate.json: "))
    }

    @Test func theHelpSaysWhatEachCommandMeasures() throws {
        let help = try bench.run(["--help"]).text
        for command in ["rows", "gate", "curves", "village", "district"] { #expect(help.contains("\n  \(command) ")) }
        #expect(try bench.run(["rows", "--help"]).text.contains("  conflicts: "))
        #expect(try bench.run(["rows", "conflict"]).code == 64)
    }
}
