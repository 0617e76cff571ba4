import SimulationKit
import Testing

/// A checker that cannot fail is none: each deliberate bug, put into the glue between the product and the simulation,
/// is caught by the checker of the invariant that it breaks. The table of the bugs is ``Sabotage``.
@Suite struct SabotageTests {
    /// Which checker must catch which bug.
    static let table: [(bug: Sabotage, checker: String)] = [
        (.dropsAnOutboxRow, "NeverNowhere"),
        (.forgetsRevokedWork, "NeverNowhere"),
        (.forgetsWhatVanished, "NeverNowhere"),
        (.changesAShadow, "ShadowEqualsServer"),
        (.appendsTwice, "ExactlyOnce"),
        (.leavesAGapInSeq, "DenseSequence"),
        (.cursorWithoutItsPage, "DurableCursor"),
        (.revertsWhatWasTyped, "OwnWrites"),
        (.changesARecordBehindTheLog, "DeterministicMerge"),
        (.swallowsAConflict, "ConflictsAreKept"),
        (.deletesAboveTheLiving, "NothingBelowDeleted"),
        (.bootstrapLeavesARecordOut, "SnapshotPlusTail"),
        (.refusesOneStationForEver, "QueuesEmpty"),
    ]

    @Test func everyInvariantHasABugAndEveryBugAChecker() {
        #expect(Set(Self.table.map(\.bug)) == Set(Sabotage.allCases.filter { $0.invariant != nil }))
        #expect(Set(Sabotage.allCases.compactMap(\.invariant)) == Set(1...10))
    }

    /// A push that is acknowledged and never delivered: the next answer acknowledges less, and it is offered again.
    @Test func whatWasAcknowledgedAndNotDeliveredIsOfferedAgain() throws {
        let templates = try DatabaseTemplates()
        var applied = 0
        for seed in 1...10 as ClosedRange<UInt64> {
            var options = Simulation.Options(seed: seed, steps: 120)
            options.hasFaults = false
            options.sabotage = .acknowledgesUndelivered
            let world = try Simulation(options, templates: templates)
            let report = world.run()
            if world.sabotageApplied { applied += 1 }
            #expect(report.violations.isEmpty, "seed \(seed): \(report.violations)")
        }
        #expect(applied > 5)
    }

    @Test(arguments: Sabotage.allCases.filter { $0.invariant != nil }) func theCheckerOfTheInvariantCatchesTheBug(
        bug: Sabotage
    ) throws {
        let templates = try DatabaseTemplates()
        let checker = try #require(Self.table.first { $0.bug == bug }?.checker)
        var caught: [String] = []
        for seed in 1...120 as ClosedRange<UInt64> {
            var options = Simulation.Options(seed: seed, steps: 120)
            // A bug that needs a lost disk is looked for among the faults.
            options.hasFaults = [.forgetsRevokedWork, .forgetsWhatVanished].contains(bug)
            if options.hasFaults { options.probabilities = [.revoked: 0.04, .serverRestored: 0.06] }
            options.sabotage = bug
            let world = try Simulation(options, templates: templates)
            let report = world.run()
            if !world.sabotageApplied {
                #expect(report.violations.isEmpty, "nothing was broken, seed \(seed): \(report.violations)")
                continue
            }
            caught = report.violations.filter { $0.invariant == bug.invariant }.map(\.checker)
            if caught.contains(checker) { break }
        }
        #expect(caught.contains(checker), "\(bug) was caught by \(caught)")
    }

    @Test func theSameSeedGivesTheSameRun() throws {
        func run() throws -> [String] {
            var lines: [String] = []
            var options = Simulation.Options(seed: 77, steps: 80)
            options.trace = { lines.append($0) }
            lines.append(try Simulation(options, templates: DatabaseTemplates()).run().description)
            return lines
        }
        let first = try run()
        #expect(try run() == first)
        #expect(first.count > 80)
    }
}
