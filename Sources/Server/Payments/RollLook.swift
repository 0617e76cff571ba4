import Assistance
import SyncEngine

/// What a month's roll would pay, to the fen and the account, as a page showed it: who freezes has seen no other.
struct RollLook: Sendable {
    private let entries: [RecordID: [String]]
    /// Of every line, in the roll's order.
    let digest: String

    init(_ roll: Roll) {
        let lines = roll.lines.map { line in
            let account = AccountReview.Account(line.account).values.map { $0 ?? "" }
            return (
                line.file.application.record.id,
                ([line.month.description, "\(line.fen)"] + account).joined(separator: "\u{1F}")
            )
        }
        entries = Dictionary(grouping: lines, by: \.0).mapValues { $0.map(\.1) }
        digest = Hash256(of: Array(lines.map { "\($0.0)\u{1F}\($0.1)\n" }.joined().utf8)).description
    }

    /// The cases that are paid otherwise, or in only one of them.
    func cases(unlike other: RollLook) -> [RecordID] {
        Set(entries.keys).union(other.entries.keys).filter { entries[$0] != other.entries[$0] }.sorted()
    }
}

extension RollDesk {
    /// What somebody looked at before the freeze.
    struct Looked: Sendable {
        /// As the page handed it out; `nil`: nothing was worked out.
        let digest: String?
        /// The same where it is still known: it tells what is different.
        let roll: RollLook?
    }

    /// - Throws: ``Problem`` ``Problem/Code/changedMeanwhile``, which names the households that are paid otherwise.
    static func check(_ looked: Looked, against roll: Roll, in records: CaseReader) throws {
        let present = RollLook(roll)
        guard looked.digest != present.digest else { return }
        let hint = Label(
            zh: "请点“计算应发”，看过名册和换了账户的户，再冻结。",
            en: "Work out what is due, look at the roll and the accounts that changed, then freeze.")
        guard looked.digest != nil else {
            throw Problem(
                .changedMeanwhile, roll.month.description,
                explanation: Label(zh: "名册还没有计算过", en: "Nobody has worked this roll out yet"), hint: hint)
        }
        let cases = looked.roll.flatMap { $0.digest == looked.digest ? present.cases(unlike: $0) : nil } ?? []
        throw Problem(
            .changedMeanwhile,
            try AccountReview.names(AccountReview.households(of: cases, in: records)) ?? roll.month.description,
            explanation: Label(
                zh: "计算之后，应发的户、金额或账户有变化", en: "Who is due, how much or to which account changed since"),
            hint: hint)
    }
}
