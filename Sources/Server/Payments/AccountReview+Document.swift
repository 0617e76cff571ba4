import Assistance
import CommandSupport
import SyncEngine

extension AccountReview.Household {
    /// `household`, `number` (户编号), `village`, `villageName`.
    var fields: [(String, JSONValue)] {
        [
            ("household", .string(id.description)), ("number", number.map(JSONValue.string) ?? .null),
            ("village", .string(village)), ("villageName", villageName.map(JSONValue.string) ?? .null),
        ]
    }
}

extension AccountReview.Change {
    /// What a page and a file may show of the reason.
    var shownReason: String { Masking.numbers(in: reason) }
    /// Where it was written.
    var place: Label { isDesk ? Label(zh: "镇街", en: "desk") : Label(zh: "工作站", en: "station") }

    /// What was done, as a list says it.
    var what: Label {
        switch act {
        case .added: Label(zh: "新增账户", en: "added an account")
        case .edited: Label(zh: "改动账户", en: "changed an account")
        case .deleted: Label(zh: "删除", en: "deleted")
        case .merged: Label(zh: "合并或拆分", en: "merged or took apart")
        case .payee: Label(zh: "换了领取人", en: "changed the payee")
        }
    }

    /// `seq`, `act` (`added`, `edited`, `deleted`, `merged`, `payee`), `by`, `from` (`desk`, `station`), `at`, `reason`.
    var document: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("act", .string(act.rawValue)), ("by", .string(author)),
            ("from", .string(isDesk ? "desk" : "station")),
            ("at", .string(at.description)), ("reason", .string(shownReason)),
        ])
    }
}

extension AccountReview {
    /// `changedAccounts` [{`household`, `number`, `village`, `applications`, `fields`, `before` (null: none), `after` (masked), `ofAnother`, `changes`
    /// [{`seq`, `act`, `by`, `from`, `at`, `reason`}]}], `sharedAccounts` [{`account` (masked), `households` [{`household`,
    /// `number`, `village`}], `applications`}].
    var fields: [(String, JSONValue)] {
        func ids(_ all: [RecordID]) -> JSONValue { .array(all.map { .string($0.description) }) }
        return [
            (
                "changedAccounts",
                .array(
                    changed.map { changed in
                        .object(
                            changed.household.fields + [
                                ("applications", ids(changed.applications)),
                                ("fields", .array(changed.fields.map(JSONValue.string))),
                                ("before", changed.before.map { .string($0.masked) } ?? .null),
                                ("after", .string(changed.after.masked)),
                                ("ofAnother", .bool(changed.isOfAnother)),
                                ("changes", .array(changed.changes.map(\.document))),
                            ])
                    })
            ),
            (
                "sharedAccounts",
                .array(
                    shared.map { shared in
                        .object([
                            ("account", .string(shared.account.masked)),
                            ("households", .array(shared.households.map { .object($0.fields) })),
                            ("applications", ids(shared.applications)),
                        ])
                    })
            ),
        ]
    }

    /// As a command prints it; empty where there is nothing to see.
    var text: [String] {
        var lines: [String] = []
        if !changed.isEmpty {
            lines.append(L("换过账户的 \(changed.count) 户：", "Accounts that changed, \(changed.count):"))
            for changed in changed {
                lines.append("  \(changed.household.name)  \(changed.beforeText) → \(changed.after.masked)")
                if changed.isOfAnother { lines.append("      " + AccountHolder.words) }
                lines += changed.changes.map { change in
                    let place = L("（\(change.place.zh)）", " (\(change.place.en))")
                    return "      \(change.author)\(place) \(change.what.text()) \(change.at.day) \(change.shownReason)"
                }
            }
        }
        if !shared.isEmpty {
            lines.append(L("几户共用的账户 \(shared.count) 个：", "Accounts of several households, \(shared.count):"))
            lines += shared.map {
                "  \($0.account.masked)  " + $0.households.map(\.name).joined(separator: L("、", ", "))
            }
        }
        return lines
    }
}

extension AccountReview.Changed {
    /// Names of what is another than before.
    var fields: [String] { after.fields(unlike: before) }

    /// The account of before, masked; or that there was none.
    var beforeText: String { before?.masked ?? L("（无）", "(none)") }

    /// The same as a person reads it.
    var labels: [String] { fields.compactMap { bankAccountKind.field($0)?.label.text() } }
}
