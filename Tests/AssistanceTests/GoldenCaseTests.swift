import Foundation
import SyncEngine
import Testing

@testable import Assistance

/// `docs/cases.md` is drawn from the tables of the code. `make golden` draws it anew.
@Suite struct GoldenCaseTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/cases.md")

    @Test func theDocumentedTablesAreTheProgramsOwn() throws {
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            try Self.document.write(to: Self.file, atomically: true, encoding: .utf8)
            Issue.record("recorded docs/cases.md")
            return
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == Self.document)
    }

    private static var document: String {
        let head = """
            # Cases · 救助申请的办理

            Written from the tables in `Sources/Shared/Assistance/Cases/CaseTables.swift`; `make golden` draws it anew. A
            station asks for a step with a `case_request`; only the township takes it (`ruhu-server case move ID STEP`). A
            step that is refused names every rule that is not met: R numbers are those of the obligations, the place is that
            in 峄政发〔2020〕14号. The clerk's steps are open to the leader too; a district role takes none (R1).

            Besides the steps, the township refuses: a check request without a valid authorisation (R25); a report that was
            not asked for, or whose authorisation was withdrawn meanwhile (R25, R26); an approval of a checked programme
            without a valid report (R64), a grant that is not what its kept calculation comes to, that was calculated of other
            facts than are on record or is dated another day than today (R15), an approval of what was posted already (R31), and any
            decision by a district role (R1); a democratic review that answers no objection (R30); a request for a proof that is not on
            the checklist (R37) or is shared (R38); a notice that is dated back, and a public notice before the approval (R31); a payment before the result took effect (R31), of another amount than was
            decided, twice for a month or to an account that is none of the household's (R14), by an adjustment whose step was not
            taken (R43), or after a death that has not been considered (R22). A decision and a payment are never changed; a payment
            is taken back once, in full.

            | what | command |
            |---|---|
            | 申请、授权委托书、守信承诺书 · the packet | `ruhu apply HOUSEHOLD PROGRAMME --signer NAME` |
            | 工作站请求一步 · a station asks for a step | `ruhu new case_request application=ID move=STEP` |
            | 撤回授权 · an authorisation is withdrawn | `ruhu edit AUTHORISATION withdrawn=DATE` |
            | 要带什么 · the checklist | `ruhu proofs PROGRAMME` |
            | 要求提供材料、已提供 · a proof is asked for, and brought | `ruhu new proof_request application=ID code=identity_card asked_on=DATE`, `ruhu edit REQUEST brought_on=DATE` |
            | 申请人跑腿 · a trip of the applicant | `ruhu new trip application=ID on=DATE where=station why=…`; the second is told of (R45) |
            | 户籍在外县区 · registered elsewhere | `ruhu edit MEMBER registered_at=370481`; the clerk asks there: `ruhu-server new verification application=ID member=… result=not_receiving verified_on=DATE` (R40) |
            | 核对 · the check | `ruhu-server check request FILE`, `check import FILE`; of a case in payment whose report is older than the pack's `roll_check` again (R65) |
            | 决定，金额由核算得出 · the decision, calculated | `ruhu-server case decide ID approved --basis … --signatory …` |
            | 公示单、告知书 · notices | `ruhu-server notice ID publicity --place … --hotline …`; `check_failure` and `rejection` draft themselves with their step |
            | 张贴、撤除、送达 · evidence, delivery | `ruhu edit NOTICE posted_evidence+=FILE`, `delivered_on=DATE` |
            | 异议、民主评议 · objection, democratic review | `ruhu new objection application=ID text=… at=DATE`, `ruhu-server new democratic_review application=ID objection=… result=upheld` |
            | 死亡、迁移、出生 · death, move, birth | `ruhu new change_report household=ID member=… type=death on=DATE`: his `death_date` is set with it; `type=alive` takes it back |
            | 复核 · review | `ruhu-server new dynamic_review …` (the next one is set down when payment begins) |
            | 每月发放 · the month's roll, the pay file | `ruhu-server roll show MONTH`, `roll freeze MONTH`, `export payfile MONTH FILE` |
            | 预算、计划、退回、追回 · budget, plan, returns, recovery | [money](money.md) |
            | 要办的事 · what is due | `ruhu tasks`, `ruhu-server tasks --village CODE --clerk NAME` |
            | 超期说明 · a breach explained | `ruhu-server case note ID --clock decision --text …` |
            | 办理时效 · how fast | `ruhu-server statistics --from DATE --to DATE` |
            | 状态、期限、还缺什么 · status, clocks, what is missing | `ruhu-server case list --late`, `case show ID`, `case move ID STEP` |

            """
        return head + CaseMachine.all.map(section).joined(separator: "\n")
    }

    private static func section(_ machine: CaseMachine) -> String {
        let states = machine.states
        let names = states.map { "    \($0.rawValue): \($0.rawValue) \($0.label.zh)" }
        let withdrawn = machine.moves.filter { $0.to == .withdrawn }.flatMap(\.from)
        let steps = machine.moves.filter { $0.to != .withdrawn }
        let arrows = steps.flatMap { move in
            move.from.map { "    \($0.rawValue) --> \(move.to.rawValue): \(move.name)" }
        }
        let rows = machine.moves.map { move in
            let needs = move.guards.map { "\($0.needs.zh) · \($0.needs.en) (\($0.rule.code))" }.joined(
                separator: "<br>")
            let from = move.from.map(\.rawValue).joined(separator: ", ")
            return
                "| `\(move.name)` \(move.label.zh) | \(from) | \(move.to.rawValue) | \(move.role.rawValue) | \(needs) |"
        }
        let clocks = PolicyPack.yicheng2020.clocks(of: machine.programmes[0]).map { clock in
            "- \(clock.name.label.zh) · \(clock.name.label.en) (\(clock.rule.label.en)): \(clock.term.label.en) from \(start(of: clock)); stopped by \(clock.stops.map { "`\($0)`" }.joined(separator: ", "))."
        }
        return """
            ## \(machine.label.zh) · \(machine.label.en)

            Programmes: \(machine.programmes.map { "`\($0.rawValue)`" }.joined(separator: ", ")). Begins as `\(machine.initial.rawValue)`. Withdrawn from: \(withdrawn.map(\.rawValue).joined(separator: ", ")).

            ```mermaid
            stateDiagram-v2
            \(names.joined(separator: "\n"))
                [*] --> \(machine.initial.rawValue)
            \(arrows.joined(separator: "\n"))
            ```

            | step | from | to | by | refused when |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))
            \(clocks.isEmpty ? "" : "\nClocks:\n\n\(clocks.joined(separator: "\n"))\n")
            """
    }

    private static func start(of clock: ClockRule) -> String {
        switch clock.start {
        case .applied: "the application"
        case .complete: "the day on which application and authorisation are complete"
        case .move(let name): "`\(name)`"
        }
    }
}
