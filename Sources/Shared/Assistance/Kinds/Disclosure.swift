package import SyncEngine

/// That somebody at the desk asked to see what is masked, and why (issue 5, item 1; R47; PIPL article 28). The desk
/// writes it into the log before anything is shown, so it is in the tamper-evident log like every change. It belongs to
/// the township: a village is not told who looked.
package enum Disclosure {
    package static let kindName = "disclosure"
    /// How long what was asked for is shown, in minutes.
    package static let minutes: Int64 = 15
    /// Characters of a reason, at least.
    package static let reasonCharacters = 6

    private static let roles = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0.rawValue, $0.label) })

    package static let kind = KindSchema(
        kindName, label: Label(zh: "查看敏感信息", en: "Disclosure"), isAppendOnly: true,
        lookupFields: ["household", "subject"],
        fields: [
            desk("account", .text, "账号", "Account", Rules.text(64)),
            desk("person", .text, "姓名", "Person", Rules.text(64)),
            desk("role", .text, "岗位", "Role", Rules.codes(roles)),
            desk("subject", .reference, "查看的记录", "Record asked for"),
            desk("household", .reference, "所属住户", "Household"),
            desk("fields", .text, "范围", "Fields", Rules.text(200)),
            desk("reason", .text, "理由", "Reason", Rules.text(500)),
            desk("at", .time, "时间", "At"),
        ])

    private static func desk(
        _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ rule: Rule? = nil
    ) -> FieldSchema {
        FieldSchema(name, type, .immutable, .personal, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }

    /// What a disclosure that names no record says it showed: a whole table, of all villages or of some.
    package struct TakenTable: Hashable, Sendable {
        package let table: String
        /// `csv`, `xlsx`, `json`.
        package let format: String
        /// A village's code, or the beginning of one; `nil`: of all.
        package let village: Scope?

        package init(table: String, format: String, village: Scope?) {
            self.table = table
            self.format = format
            self.village = village
        }

        /// `export households.xlsx 370404101201`, as the field `fields` has it.
        package var text: String { "export \(table).\(format)" + (village.map { " \($0.code)" } ?? "") }

        /// - Returns: `nil` for what ``text`` does not write.
        package init?(_ text: String) {
            let words = text.split(separator: " ")
            guard (2...3).contains(words.count), words[0] == "export" else { return nil }
            let file = words[1].split(separator: ".")
            guard file.count == 2 else { return nil }
            self.init(
                table: String(file[0]), format: String(file[1]),
                village: words.count == 3 ? Scope(String(words[2])) : nil)
        }
    }

    /// The fields of a disclosure.
    /// - Parameters:
    ///   - account: who asked: of the desk its account, of a command its author.
    ///   - name: what the account's owner is called; empty where nothing says.
    /// - Throws: ``Problem`` ``Problem/Code/reasonNeeded`` for a reason that says nothing.
    package static func fields(
        of what: String, reason: String, account: String, name: String = "", role: Role? = nil, at now: Instant
    ) throws -> [(String, Value)] {
        guard isReason(reason) else {
            throw Problem(
                .reasonNeeded, "reason",
                explanation: Label(
                    zh: "请写明为什么要看，至少 \(reasonCharacters) 个字，写清事由",
                    en: "Say why you need it, \(reasonCharacters) characters at least, in words"))
        }
        return [
            ("account", .text(account)), ("person", name.isEmpty ? .null : .text(name)),
            ("role", role.map { .text($0.rawValue) } ?? .null), ("fields", .text(what)), ("reason", .text(reason)),
            ("at", .time(now)),
        ]
    }

    /// A reason that says something: long enough, of letters for the most part, and not one
    /// character over and over.
    package static func isReason(_ text: String) -> Bool {
        let said = text.filter { !$0.isWhitespace }
        return said.count >= reasonCharacters && Set(said).count > 2 && said.filter(\.isLetter).count * 2 >= said.count
    }
}
