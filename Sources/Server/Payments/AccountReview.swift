import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Where a roll pays to, for a second person to see (R12, R14): accounts that are others than the cases were last paid to,
/// with who touched an account of the household since, and accounts that several households are paid to. Of a first line
/// the account is compared with what the household had when the case was approved, before the desk touched any.
struct AccountReview: Sendable {
    /// An account as a line has it.
    struct Account: Hashable, Sendable {
        static let fields = ["kind", "number", "bank", "holder"]
        /// In the order of ``fields``.
        let values: [String?]

        var number: String { values[1] ?? "" }
        var holder: String? { values[3] }
        var masked: String { Masking.account(number) }

        init(values: [String?]) { self.values = values }
        init(_ account: Linked) { values = Self.fields.map { account.text($0) } }

        /// Names of the fields that are others.
        func fields(unlike other: Account?) -> [String] {
            Self.fields.indices.filter { values[$0] != other?.values[$0] }.map { Self.fields[$0] }
        }
    }

    struct Line: Sendable {
        let application: RecordID
        let account: Account
        /// Where it was read already.
        var file: CaseFile?
    }

    struct Household: Hashable, Sendable {
        let id: RecordID
        let number: String?
        let village: String
        /// What the village is called; `nil` while it has no name.
        let villageName: String?

        /// As a message names it.
        var name: String { "\(villageName ?? village) \(number ?? id.description)" }
    }

    /// A set that decided where a household is paid.
    struct Change: Sendable {
        /// What it did.
        enum Act: String, Sendable {
            /// Recorded an account.
            case added
            /// Changed or cleared one, or put it elsewhere.
            case edited
            case deleted
            /// Merged households or people, or took them apart.
            case merged
            /// Made another person the payee.
            case payee
        }

        let seq: Seq
        let act: Act
        let author: String
        /// Written in the township; else by a station.
        let isDesk: Bool
        let at: Instant
        let reason: String
    }

    struct Changed: Sendable {
        let household: Household
        /// The cases that are paid to it.
        var applications: [RecordID]
        /// `nil`: none.
        let before: Account?
        let after: Account
        /// Since the line before was frozen, the older first; all there were where none is later.
        let changes: [Change]
        /// In the name of nobody of the household.
        let isOfAnother: Bool

        func isBy(_ person: String) -> Bool { changes.contains { MoneyAdmission.isSame($0.author, person) } }
    }

    struct Shared: Sendable {
        let account: Account
        /// Two at least.
        let households: [Household]
        let applications: [RecordID]
    }

    var changed: [Changed] = []
    var shared: [Shared] = []

    /// Households that a refusal names.
    private static let namedHouseholds = 20

    /// Who changed where a roll pays to does not freeze it: another has seen every account that is new.
    /// - Throws: ``Problem`` ``Problem/Code/samePerson``, which names the households.
    func checkFreezer(_ person: String) throws {
        guard let names = Self.names(changed.filter { $0.isBy(person) }.map(\.household)) else { return }
        throw Problem(
            .samePerson, names,
            explanation: Label(
                zh: "这些户发到哪个账户是您改的，改后还没有发放过，名册须由另一人冻结",
                en:
                    "You changed where these households are paid, and nothing was paid there yet: another freezes the roll"
            ),
            hint: Label(
                zh: "请另一位同事看过换了账户的户，由他冻结这个月的名册。",
                en: "Ask a colleague to look at the accounts that changed, and to freeze the roll."))
    }

    /// Nor does who has not seen the last change of it.
    /// - Parameter seen: the seq of the page that was looked at; `nil`: the head.
    /// - Throws: ``Problem`` ``Problem/Code/changedMeanwhile``, which names the households.
    func checkSeen(_ seen: Seq?) throws {
        guard let seen,
            let names = Self.names(changed.filter { $0.changes.contains { $0.seq > seen } }.map(\.household))
        else { return }
        throw Problem(
            .changedMeanwhile, names,
            explanation: Label(
                zh: "这些户的账户在您查看之后又改过", en: "The accounts of these households were changed after you looked"),
            hint: Label(
                zh: "请重新计算应发，看过这些账户再冻结。", en: "Work out anew what is due, look at these accounts, then freeze."))
    }

    /// Households as a message names them, the first of many; `nil` of none.
    static func names(_ households: [Household]) -> String? {
        guard !households.isEmpty else { return nil }
        let isLong = households.count > namedHouseholds
        return households.prefix(namedHouseholds).map(\.name).joined(separator: L("、", ", ")) + (isLong ? "…" : "")
    }
}
