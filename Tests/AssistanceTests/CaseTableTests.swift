import SyncEngine
import Testing

@testable import Assistance

/// The tables of states (DOMAIN section 3).
@Suite struct CaseTableTests {
    @Test func everyProgrammeHasOneTable() {
        for programme in Programme.allCases {
            #expect(CaseMachine.all.filter { $0.programmes.contains(programme) }.count == 1, "\(programme)")
        }
    }

    private static let common = [
        "intent", "authorised", "preparing", "check_failed", "accepted", "in_review", "approved", "rejected",
        "publicised", "effective", "in_payment", "objected", "democratic_review", "upheld", "revoked", "withdrawn",
    ]

    @Test(arguments: [
        ("dibao", common + ["recheck_due", "adjusted", "grace", "stopped"]),
        ("tekun", common + ["ability_assessed", "recheck_due", "adjusted", "stopped"]), ("relief_expense", common),
        (
            "relief_urgent",
            ["reported", "relieved", "registered", "signed_off", "publicised", "archived", "withdrawn"]
        ),
        (
            "elderly_allowance",
            ["candidate", "confirmed", "in_payment", "alive_check_due", "suspended", "stopped", "withdrawn"]
        ),
        (
            "disability",
            [
                "applied", "certificate_verified", "approved", "rejected", "in_payment", "adjusted", "stopped",
                "withdrawn",
            ]
        ),
    ])
    func theStatesAreThoseOfTheSpecification(name: String, states: [String]) throws {
        let machine = try #require(CaseMachine.all.first { $0.name == name })
        #expect(Set(machine.states.map(\.rawValue)) == Set(states))
    }

    @Test(arguments: CaseMachine.all.map(\.name)) func everyStateCanBeReached(name: String) throws {
        let machine = try #require(CaseMachine.all.first { $0.name == name })
        var reached: Set<CaseState> = [machine.initial]
        var isGrowing = true
        while isGrowing {
            let next = reached.union(reached.flatMap { machine.moves(from: $0).map(\.to) })
            isGrowing = next.count > reached.count
            reached = next
        }
        #expect(reached == Set(machine.states))
        for state in machine.states {
            let names = machine.moves(from: state).map(\.name)
            #expect(names.count == Set(names).count, "one row a step from \(state)")
        }
    }

    /// R29: no public notice at the review stage, and no democratic review there either (R30).
    @Test func thereIsNoNoticeAndNoReviewBeforeTheDecision() {
        for machine in CaseMachine.all where machine.name != "relief_urgent" {
            for move in machine.moves where move.to == .publicised { #expect(move.from == [.approved]) }
            for move in machine.moves where move.to == .democraticReview { #expect(move.from == [.objected]) }
        }
    }

    @Test func whatGrantsOrTakesAwayIsTheLeaders() {
        let weighty: Set<CaseState> = [
            .approved, .rejected, .adjusted, .stopped, .grace, .revoked, .upheld, .confirmed,
        ]
        for machine in CaseMachine.all {
            for move in machine.moves where weighty.contains(move.to) {
                #expect(move.role == .leader, "\(machine.name) \(move.name)")
            }
        }
    }

    /// What is paid is changed and stopped; only what was never paid is rejected, fails its check or is withdrawn by a
    /// clerk, where the programme has a stop.
    @Test(arguments: CaseMachine.all.map(\.name)) func whatIsPaidEndsByAStopAlone(name: String) throws {
        let machine = try #require(CaseMachine.all.first { $0.name == name })
        let paid = machine.states.filter { $0.isPaid || $0 == .suspended }
        for state in paid {
            let names = machine.moves(from: state).map(\.name)
            #expect(!names.contains("reject") && !names.contains("fail_check"), "\(state)")
            if machine.states.contains(.stopped) { #expect(!names.contains("withdraw"), "\(state)") }
        }
        for move in machine.moves where move.to == .stopped {
            #expect(move.role == .leader && move.guards.contains { $0.rule.number == 15 })
        }
    }
}
