import SyncEngine

/// What the bank sent back (R14): the line is taken back in full, so its month is due again; and where it came back from
/// nothing more is paid until somebody has settled it.
extension CaseFile {
    private static let accountFields = ["account_kind", "account_number", "account_bank", "account_holder"]

    /// A line that the bank returned, and the line that takes it back.
    struct Returned {
        let line: Linked
        let reversal: Linked
    }

    /// The older first.
    var returns: [Returned] {
        let lines = Dictionary(all("payment").map { ($0.record.id, $0) }) { first, _ in first }
        return all("payment").compactMap { reversal in
            guard reversal.text("state") == "returned",
                let line = reversal.value("reverses").recordID.flatMap({ lines[$0] })
            else { return nil }
            return Returned(line: line, reversal: reversal)
        }
    }

    /// Who recorded that a month came back, of those that nobody has looked at since: the account is what it was, and no
    /// second person has said that it is paid again. Another freezes the roll that does.
    package func returners(of month: Month, from account: Linked) -> [String] {
        let released = released
        return returns.filter { returned in
            returned.line.text("month") == month.description && !released.contains(returned.line.record.id)
                && Self.wentThere(returned.line, account)
        }.compactMap { $0.reversal.text("recorded_by") }
    }

    private var released: Set<RecordID> { Set(all("pay_again").compactMap { $0.value("payment").recordID }) }

    private static func wentThere(_ line: Linked, _ account: Linked) -> Bool {
        accountFields.map { line.value($0) } == ["kind", "number", "bank", "holder"].map { account.value($0) }
    }

    /// What came back from an account and is not settled: the account is still what it was, nobody has said that it is
    /// paid again, and no other line is known to have been paid there since, by another person than who recorded the return.
    func unsettledReturn(from account: Linked) -> Returned? {
        let released = released
        func wentThere(_ line: Linked) -> Bool { Self.wentThere(line, account) }
        // Of returns that were recorded before it was kept who did, any later line counts, as it did then; of the others
        // who is not known is not known to be another.
        func isAnother(_ line: Linked, than reversal: Linked) -> Bool {
            guard let returner = reversal.text("recorded_by") else { return true }
            guard let payer = line.text("recorded_by") else { return false }
            return !MoneyAdmission.isSame(payer, returner)
        }
        return returns.last { returned in
            wentThere(returned.line) && !released.contains(returned.line.record.id)
                && !standingPayments.contains {
                    !$0.value("paid_at").isNull && wentThere($0) && $0.record.seq > returned.reversal.record.seq
                        && isAnother($0, than: returned.reversal)
                }
        }
    }

    /// Why nothing is paid since a return; `nil` once it is settled.
    package var returnHold: Refusal.Reason? {
        guard let account = accounts.first, let returned = unsettledReturn(from: account) else { return nil }
        let month = returned.line.text("month") ?? ""
        let code = returned.reversal.text("return_code").map { "（\($0)）" } ?? ""
        return .init(
            CaseRule(14),
            Label(
                zh: "银行退回 \(month) 的款项\(code)：更正账户，或确认照原账户重发",
                en:
                    "the bank returned \(month)\(code): correct the account, or say that it is paid there again"
            ))
    }

    /// Why a line may not be paid again where it came back from: the bank did not return it, or that was said before.
    func refusals(ofPayingAgain order: Linked) -> [Refusal.Reason] {
        func reason(_ zh: String, _ en: String) -> [Refusal.Reason] { [.init(CaseRule(14), Label(zh: zh, en: en))] }
        let named = order.value("payment").recordID
        guard returns.contains(where: { $0.line.record.id == named }) else {
            return reason("这一笔没有被银行退回", "the bank did not return this line")
        }
        if all("pay_again").contains(where: {
            $0.record.id != order.record.id && $0.value("payment").recordID == named
        }) {
            return reason("这一笔已经确认过重发", "that was said of this line before")
        }
        return order.text("reason") == nil ? reason("没有写明理由", "no reason is given") : []
    }
}
