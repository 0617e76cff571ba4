import Assistance
import RecordStore
import SyncEngine

/// A case as the ledger keeps it: the columns of ``LedgerEntry``.
struct LedgerCase: Equatable {
    let application: RecordID
    let household: RecordID?
    let number: String?
    let head: LedgerEntry.Person?
    let applicant: LedgerEntry.Person?
    let village: Scope
    let programme: Programme?
    let status: CaseState?
    let isInForce: Bool
    let isOpen: Bool
    let clerk: String?
    let appliedOn: CalendarDay?
    let members: Int
    let incomeFen: Int64?
    let amountFen: Int64?
    let fromMonth: Month?
    let lastMove: String?
    let changedOn: CalendarDay?
    let pack: String?
    let seq: Seq
    /// Its place in the order of cases: the next page comes after it.
    let place: String
    /// The step that a leader is asked to sign.
    let awaits: String?
}

extension LedgerCase {
    static let sql = """
        SELECT application, household, number, head, head_name, head_id_number, applicant, applicant_name,
            applicant_id_number, village, programme, status, is_in_force, is_open, clerk, applied_on, members, income_fen,
            amount_fen, from_month, last_move, changed_on, pack, seq, place, awaits
        FROM entry
        """

    /// Of a row of ``sql``.
    init(_ row: Columns) {
        func number(_ column: Int32) -> Int64? { row.isNull(column) ? nil : row.int64(column) }
        func day(_ column: Int32) -> CalendarDay? { row.optionalText(column).flatMap { CalendarDay($0) } }
        func person(_ column: Int32) -> LedgerEntry.Person? {
            row.optionalID(column).map {
                LedgerEntry.Person(
                    id: $0, name: row.optionalText(column + 1), idNumber: row.optionalText(column + 2))
            }
        }
        application = row.id(0)
        household = row.optionalID(1)
        self.number = row.optionalText(2)
        head = person(3)
        applicant = person(6)
        village = Scope(row.text(9))
        programme = row.optionalText(10).flatMap(Programme.init)
        status = row.optionalText(11).flatMap(CaseState.init)
        isInForce = row.bool(12)
        isOpen = row.bool(13)
        clerk = row.optionalText(14)
        appliedOn = day(15)
        members = row.int(16)
        incomeFen = number(17)
        amountFen = number(18)
        fromMonth = row.optionalText(19).flatMap { Month($0) }
        lastMove = row.optionalText(20)
        changedOn = day(21)
        pack = row.optionalText(22)
        seq = row.uint64(23)
        place = row.text(24)
        awaits = row.optionalText(25)
    }
}
