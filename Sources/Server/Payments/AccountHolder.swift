import Assistance
import CommandSupport
import RecordStore
import SyncEngine

import class GRDB.Database

/// What is to be looked at before money goes to an account (R14): whose it is, and whether it is the only one.
enum AccountHolder {
    /// The holder (户名) is nobody of the household.
    static func isOfAnother(_ holder: String?, people: [Linked]) -> Bool {
        guard let holder else { return false }
        return !people.contains { $0.text("name") == holder }
    }

    /// The same of an account that is on record; false of anything else, and of a cleared one.
    static func isOfAnother(_ account: Linked, tables: RecordTables, in database: Database) throws -> Bool {
        guard account.kind === bankAccountKind, !account.record.isDeleted, account.text("number") != nil,
            account.text("holder") != nil, let household = account.value("household").recordID
        else { return false }
        let people = try HouseholdRecords(household, tables: tables, in: database).all(memberKind.name)
        return isOfAnother(account.text("holder"), people: people)
    }

    static var words: String {
        L("户名不是本户成员，请核实是谁的账户", "the holder is nobody of this household: find out whose account it is")
    }

    /// What a household's page says of its accounts; nothing where there is one, in the name of one of its people.
    static func warnings(of accounts: [Linked], people: [Linked]) -> [String] {
        let paid = accounts.filter { $0.text("number") != nil }
        let numbers = Dictionary(grouping: paid) { $0.text("number") ?? "" }
        var warnings = paid.filter { isOfAnother($0.text("holder"), people: people) }.map {
            Masking.account($0.text("number") ?? "") + L("：", ": ") + words
        }
        warnings += numbers.filter { $0.value.count > 1 }.map(\.key).sorted().map {
            Masking.account($0)
                + L("：登记了不止一次，请只留一条，其余的清空账号", ": is on record more than once: keep one, clear the number of the others")
        }
        let owners = Dictionary(grouping: paid) { $0.text("member") ?? "" }
        if owners.values.contains(where: { $0.count > 1 }) {
            warnings.append(
                L(
                    "账户不止一个，不能发放：只留发放用的，其余的点“修改”，把账号清空。",
                    "More than one account: nothing is paid. Keep the one that is used; edit the others and clear the number."
                ))
        }
        return warnings
    }
}
