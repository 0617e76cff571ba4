import ArgumentParser
import SimulationKit

/// Long runs and replays of the simulation.
@main
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ruhu-simulate",
        abstract: "Runs worlds of stations and a township under faults, and checks what must never be broken.")

    @Option(help: "One seed; the same seed gives the same run.") var seed: UInt64?
    @Option(help: "A range of seeds, A..B (B not included).") var seeds: String?
    @Option(help: "Runs seeds until so many sync sessions have been simulated.") var sessions: Int?
    @Option(help: "Steps in a world.") var steps: Int = 300
    @Flag(help: "Tells everything that happens.") var trace = false
    @Flag(help: "Goes on after a violation.") var keepGoing = false
    @Option(help: "A fault with its probability, NAME=P, instead of the plan's own; may be repeated.") var fault:
        [String] = []
    @Option(help: "Puts a deliberate bug in: \(Sabotage.allCases.map(\.rawValue).joined(separator: ", ")).")
    var sabotage: String?

    func run() throws {
        let templates = try DatabaseTemplates()
        let started = ContinuousClock.now
        var total: Report?
        var failed: [UInt64] = []
        for number in range {
            let report = try world(number, templates)
            if !report.violations.isEmpty {
                failed.append(number)
                printFailure(report)
            }
            if total == nil { total = report } else { total?.add(report) }
            if let sessions, (total?.sessions ?? 0) >= sessions { break }
            if !failed.isEmpty, !keepGoing { break }
        }
        guard let total else { return }
        let elapsed = started.duration(to: .now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        print("seeds \(range.lowerBound)..., steps a world \(steps)")
        print(probabilities)
        print(total.description)
        print("seconds \(seconds), sync sessions a second \(Int(Double(total.sessions) / seconds))")
        if !failed.isEmpty {
            print("failed seeds: \(failed.map(String.init).joined(separator: ", "))")
            throw ExitCode(1)
        }
    }

    private var range: Range<UInt64> {
        if let seed { return seed..<seed + 1 }
        let parts = (seeds ?? "").split(separator: ".").compactMap { UInt64($0) }
        if parts.count == 2, parts[0] < parts[1] { return parts[0]..<parts[1] }
        return 1..<(sessions == nil ? 101 : UInt64.max)
    }

    private func world(_ number: UInt64, _ templates: DatabaseTemplates) throws -> Report {
        var options = Simulation.Options(seed: number, steps: steps)
        options.sabotage = sabotage.flatMap { Sabotage(rawValue: $0) }
        for item in fault {
            let parts = item.split(separator: "=").map(String.init)
            guard parts.count == 2, let fault = Fault(rawValue: parts[0]), let probability = Double(parts[1]) else {
                throw ValidationError("\(item): NAME=P, of \(Fault.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            options.probabilities[fault] = probability
        }
        if trace { options.trace = { print($0) } }
        let world = try Simulation(options, templates: templates)
        if seed != nil { print("seed \(number), plan:\n\(world.plan.description)") }
        return world.run()
    }

    private func printFailure(_ report: Report) {
        print("seed \(report.seed) FAILED; again with: ruhu-simulate --seed \(report.seed) --steps \(steps) --trace")
        for violation in report.violations {
            print(
                "  step \(violation.step): invariant \(violation.invariant), \(violation.checker): \(violation.detail)")
        }
    }

    private var probabilities: String {
        let lines = Fault.allCases.map { "  \($0.rawValue): \($0.probability) of \($0.unit)" }
        return "faults, each world takes some of them, 0.3 to 2.5 times as often:\n" + lines.joined(separator: "\n")
    }
}
