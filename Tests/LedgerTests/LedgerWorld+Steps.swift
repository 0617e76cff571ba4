import SyncEngine

@testable import Assistance
@testable import Server

/// What clerks and stations do, at random.
extension LedgerWorld {
    func someHousehold() -> RecordID { households.randomElement(using: &dice) ?? household() }

    func newFamily() {
        let home = household(in: Self.villages.randomElement(using: &dice)!, number: "\(dice.below(900))")
        let head = member(of: home, name: ["张三", "李四", "王五"].randomElement(using: &dice)!)
        edit(home, "household", .set("head", .text(head.description)))
        apply(
            dice.happens(70) ? .dibao : Programme.allCases.randomElement(using: &dice)!, household: home, member: head)
    }

    /// One act, of whatever kind.
    func step() {
        if applications.count < 3 { return newFamily() }
        let application = applications.randomElement(using: &dice)!
        switch dice.below(20) {
        case 0: newFamily()
        case 1: later(days: dice.below(40))
        case 2: later(days: 1)
        case 3...10: advance(application)
        case 11, 12: disturb(application)
        case 13, 14: change()
        case 15, 16: paper(application)
        case 17: if let file = try? file(application) { anyMove(file, of: application) }
        default: advance(application)
        }
    }

    private func anyMove(_ file: CaseFile, of application: RecordID) {
        guard let status = file.status, let row = file.machine?.moves(from: status).randomElement(using: &dice) else {
            return
        }
        move(application, row.name)
    }

    /// What the usual case needs next.
    func advance(_ id: RecordID) {
        guard let file = try? file(id), let status = file.status else { return }
        switch status {
        case .intent:
            below(
                id, "authorisation",
                [
                    "signer": .text("张三"), "signed_at": day(0),
                    "valid_to": dice.happens(50) ? day(dice.below(200)) : .null,
                ])
            below(id, "commitment", ["signer": .text("张三"), "signed_at": day(0)])
            move(id, "authorise")
        case .authorised: move(id, "prepare")
        case .preparing:
            report(id, members: file.present.map(\.record.id.description))
            add(
                "visit",
                [
                    "household": .text(file.householdID!.description), "when": .time(now),
                    "surveyors": .list(["李", "王"]),
                ])
            move(id, "accept")
        case .accepted: move(id, "review")
        case .inReview, .candidate, .certificateVerified:
            decide(id, dice.happens(90) ? .approved : .rejected)
            if !move(id, "approve") { move(id, "confirm") }
        case .approved: publicise(id)
        case .publicised: takeEffect(id, file)
        case .effective, .confirmed:
            add(
                "bank_account",
                ["household": .text(file.householdID!.description), "kind": .text("折"), "number": .text("62220202")])
            move(id, "pay")
        case .inPayment, .recheckDue, .adjusted: leave(id, status)
        default: anyMove(file, of: id)
        }
    }

    private func report(_ id: RecordID, members: [String]) {
        below(id, "check_request", ["requested_at": .time(now)])
        guard dice.happens(80) else { return }
        below(
            id, "check_report",
            [
                "no": .text("\(dice.below(1_000_000))"), "verdict": .text("conforming"), "issued_on": day(0),
                "valid_to": day(30 + dice.below(200)), "members": .list(members),
            ])
    }

    private func publicise(_ id: RecordID) {
        _ = try? CaseDesk(township: township).issue(
            "publicity", for: id.description, place: "村委会", hotline: "0632-7712345", text: nil, act: act())
        move(id, "publicise")
    }

    private func takeEffect(_ id: RecordID, _ file: CaseFile) {
        if let notice = file.publicity { edit(notice.record.id, "notice", .add("posted_evidence", "照片")) }
        if dice.happens(60) { later(days: 12) }
        move(id, "take_effect")
    }

    private func leave(_ id: RecordID, _ status: CaseState) {
        switch dice.below(4) {
        case 0:
            below(id, "dynamic_review", ["due": day(dice.below(60))])
            move(id, "call_recheck")
        case 1:
            decide(id, .stopped)
            let told = (try? file(id)?.pendingChange).map { Value.text($0.record.id.description) } ?? .null
            below(
                id, "notice", ["kind": .text("adjustment"), "from": day(0), "text": .text("停发"), "decision": told])
            if let notice = try? file(id)?.all("notice").last {
                edit(notice.record.id, "notice", .set("delivered_on", day(0)))
            }
            move(id, "stop")
        case 2: move(id, "keep")
        default: decide(id, .adjusted)
        }
    }

    /// What happens to a case from outside.
    private func disturb(_ id: RecordID) {
        switch dice.below(5) {
        case 0: below(id, "objection", ["by": .text("匿名"), "text": .text("有车"), "at": day(0)])
        case 1:
            if let objection = try? file(id)?.openObjections.first {
                below(
                    id, "democratic_review",
                    ["objection": .text(objection.record.id.description), "result": .text("upheld")])
            }
        case 2: below(id, "case_request", ["move": .text("withdraw")])
        case 3: below(id, "supervisor_note", ["clock": .text("decision"), "text": .text("人手不足"), "at": .time(now)])
        default: below(id, "dynamic_review", ["due": day(dice.below(60)), "done": dice.happens(30) ? day(0) : .null])
        }
    }

    private func paper(_ id: RecordID) {
        guard let file = try? file(id) else { return }
        if dice.happens(30), let paper = file.all("authorisation").last {
            edit(paper.record.id, "authorisation", .set("withdrawn", day(0)))
        } else if let notice = file.all("notice").last {
            edit(notice.record.id, "notice", .set("delivered_on", day(0)))
            edit(notice.record.id, "notice", .add("removed_evidence", "照片"))
        }
    }

    /// What happens to households and people.
    private func change() {
        let (home, other) = (someHousehold(), someHousehold())
        let person = members.randomElement(using: &dice)!
        switch dice.below(11) {
        case 0: edit(home, "household", .set("village", .text(Self.villages.randomElement(using: &dice)!)))
        case 1: if home != other { edit(home, "household", .set("alias_of", .text(other.description))) }
        case 2: edit(home, "household", .set("alias_of", .null))
        case 3: edit(person, "member", .set("household", .text(home.description)))
        case 4: edit(person, "member", .set("death_date", day(0)))
        case 5: edit(person, "member", .set("name", .text("赵六\(dice.below(9))")))
        case 6:
            let twin = members.randomElement(using: &dice)!
            if twin != person { edit(person, "member", .set("alias_of", .text(twin.description))) }
        case 7: _ = member(of: home, name: "新生")
        case 8: delete(dice.happens(50) ? person : home, dice.happens(50) ? "member" : "household")
        case 9: edit(home, "household", .set("head", .text(person.description)))
        default:
            add(
                "change_report",
                [
                    "household": .text(home.description), "member": .text(person.description),
                    "type": .text(dice.happens(50) ? "death" : "income"), "on": day(0),
                ])
        }
    }
}
