import SyncEngine
import Testing

@testable import Assistance

/// Whatever papers come in whatever order, and whatever is tried: what was granted was checked, decided and posted.
@Suite struct CaseWalkTests {
    private static let papers = [
        "authorise", "withdraw authorisation", "report", "bad report", "visit", "approve", "reject", "post",
        "objection",
        "answer", "account", "letter", "days", "death",
    ]

    private func bring(_ paper: String, to world: CaseWorld) throws {
        switch paper {
        case "authorise": world.authorise()
        case "withdraw authorisation":
            if let last = world.records.last(where: { $0.kind == "authorisation" }) {
                world.set(last.id, "withdrawn", world.day(0))
            }
        case "report": world.report()
        case "bad report": world.report("not_conforming")
        case "visit": world.visit()
        case "approve": world.decide("approved")
        case "reject": world.decide("rejected", fen: nil)
        case "post": try world.post()
        case "objection": world.add("objection", ["text": .text("异议"), "at": world.day(0)])
        case "answer":
            if let last = world.records.last(where: { $0.kind == "objection" }) {
                world.add("democratic_review", ["objection": .text(last.id.description), "result": .text("upheld")])
            }
        case "account": world.add("bank_account", ["number": .text("62220202")])
        case "letter": world.add("notice", ["kind": .text("rejection"), "text": .text("理由")])
        case "days": world.later(days: 5)
        default: world.add("change_report", ["type": .text("death"), "on": world.day(0)])
        }
    }

    @Test(arguments: [Programme.dibao, .tekun, .reliefExpense]) func noWalkGrantsWhatWasNotCheckedAndPosted(
        programme: Programme
    ) throws {
        var random = Dice(seed: 1)
        var reached: Set<CaseState> = []
        for _ in 0..<40 {
            let world = CaseWorld(programme, on: "2025-03-03")
            world.set(world.member, "self_care", .text("部分"))
            world.set(world.member, "labour_ability", .text("丧失"))
            for _ in 0..<50 {
                try bring(try #require(Self.papers.randomElement(using: &random)), to: world)
                let file = try world.file
                let status = try #require(file.status)
                let rows = CaseMachine.of(programme).moves(from: status).filter { $0.to != .withdrawn }
                guard let row = rows.randomElement(using: &random), try world.refusals(row.name).isEmpty else {
                    continue
                }
                try expectSound(row, in: file)
                try world.take(row.name)
                reached.insert(row.to)
            }
        }
        #expect(reached.isSuperset(of: [.approved, .rejected, .publicised]), "\(reached)")
    }

    private func expectSound(_ row: CaseMove, in file: CaseFile) throws {
        let taken = file.moves.compactMap { $0.text("move") }
        switch row.to {
        case .approved:
            #expect(taken.contains("accept"))
            #expect(file.all("check_report").last?.text("verdict") == "conforming")
            #expect(file.all("authorisation").contains { $0.value("withdrawn").isNull })
            #expect(file.all("decision").last?.text("result") == "approved")
        case .effective:
            #expect(taken.contains("approve") && taken.contains("publicise"))
            let last = try #require(file.publicity?.day("to"))
            #expect(file.today > last)
            #expect(file.openObjections.isEmpty)
        case .inPayment:
            #expect(taken.contains("take_effect"))
            let decided = try #require(file.all("decision").last?.record.seq)
            #expect(!file.household.contains { $0.kind.name == "change_report" && $0.record.seq > decided })
        case .democraticReview:
            #expect(!file.openObjections.isEmpty)
        case .adjusted, .stopped, .grace:
            #expect(file.all("notice").contains { $0.text("kind") == "adjustment" && $0.day("delivered_on") != nil })
        default: break
        }
    }
}
