import SimulationKit
import Testing

/// Random worlds under every fault: the seed is in the failure, and the same seed gives the same run.
@Suite struct SimulationTests {
    static let steps = 40
    /// Seeds in one test: a test makes the databases' templates once.
    static let block: UInt64 = 25

    @Test(arguments: 0..<8 as Range<UInt64>) func nothingIsLostDoubledOrOverruled(block: UInt64) throws {
        let templates = try DatabaseTemplates()
        for seed in block * Self.block..<(block + 1) * Self.block {
            let world = try Simulation(Simulation.Options(seed: seed, steps: Self.steps), templates: templates)
            let report = world.run()
            #expect(report.violations.isEmpty, "seed \(seed)\n\(report.violations)\nplan:\n\(world.plan.description)")
        }
    }

    /// Seed 67: a township that an older copy replaced no longer knew a station that it had revoked, and rightly kept it out
    /// by the record of the revocation; the checkers took it for a station that can sync.
    @Test func aRevokedStationThatTheTownshipForgotIsNotWaitedFor() throws {
        let world = try Simulation(Simulation.Options(seed: 67, steps: 300), templates: DatabaseTemplates())
        #expect(world.run().violations.isEmpty)
    }

    /// Seed 162: a copy of the township's database from before its upgrade came back after another had: the replay of the log
    /// took the other's upgrade for one of this copy's past.
    @Test func aCopyHasThePastThatItHad() throws {
        let world = try Simulation(Simulation.Options(seed: 162, steps: 300), templates: DatabaseTemplates())
        #expect(world.run().violations.isEmpty)
    }

    /// Seeds 4 and 201: what a station hands in again after a restore may be refused then, and is among its refused sets; the
    /// checker called it vanished.
    @Test(arguments: [4, 201] as [UInt64]) func whatIsRefusedAfterARestoreIsToldAsRefused(seed: UInt64) throws {
        let world = try Simulation(Simulation.Options(seed: seed, steps: 300), templates: DatabaseTemplates())
        #expect(world.run().violations.isEmpty)
    }

    /// Seed 343: a revoked station's folder was put back from before, and synced with a restored township before its
    /// revocation came back; what it had handed in under the same numbers was passed over.
    @Test func whatARevokedStationHandedInComesBackBesideItsOlderCopy() throws {
        var options = Simulation.Options(seed: 343, steps: 300)
        options.probabilities = [.revoked: 0.01, .serverRestored: 0.02]
        let world = try Simulation(options, templates: DatabaseTemplates())
        #expect(world.run().violations.isEmpty)
    }
}
