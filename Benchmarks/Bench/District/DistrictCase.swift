import Assistance
import Foundation
import ProgramRunner
import SyncEngine

/// A case as the generator knows it.
final class DistrictCase {
    let id: RecordID
    let village: Int
    let home: DistrictPlan.Home
    /// The person, of a programme for persons.
    let person: DistrictPlan.Person?
    let programme: Programme
    /// The step after which it is left; `nil`: it goes all the way.
    let lastStep: String?
    var status: CaseState?
    var checkRequest: RecordID?
    var notice: RecordID?
    var review: (id: RecordID, due: CalendarDay)?
    /// What is paid from which month on, the older first.
    var amounts: [(from: Month, fen: Int64)] = []
    var isLeft = false

    init(
        id: RecordID, village: Int, home: DistrictPlan.Home, person: DistrictPlan.Person? = nil, _ programme: Programme,
        lastStep: String? = nil
    ) {
        self.id = id
        self.village = village
        self.home = home
        self.person = person
        self.programme = programme
        self.lastStep = lastStep
    }

    var payee: RecordID { (person ?? home.head).id }
    var isPaid: Bool { status == .inPayment }
    var machine: CaseMachine { .of(programme) }

    /// What a month is due.
    func fen(for month: Month) -> Int64? { amounts.last { $0.from <= month }?.fen }

    /// A step: the status, and the record of the step.
    func step(_ name: String, id step: RecordID, by author: String, at now: Instant) throws -> [Change] {
        let from = status ?? machine.initial
        guard let row = machine.moves(from: from).first(where: { $0.name == name }) else {
            throw ProgramFailure("\(programme) \(from): no step \(name)")
        }
        let changes: [Change] = [
            .edit(
                "application", id, [("status", .text(row.to.rawValue))],
                old: ["status": status.map { .text($0.rawValue) } ?? .null]),
            .new(
                "case_move", step,
                [
                    ("application", .id(id)), ("move", .text(name)), ("from", .text(from.rawValue)),
                    ("to", .text(row.to.rawValue)), ("role", .text("leader")), ("by", .text(author)),
                    ("at", .time(now)),
                ]),
        ]
        status = row.to
        isLeft = name == lastStep
        return changes
    }
}
