package import SyncEngine

/// The mapping of a roster whose columns are named as offices name them, so that nobody has to write one: a row is a
/// household with its head. A column is known by its field's name in either language, or by another usual one.
package struct UsualColumns: Sendable {
    /// A column, and what it is taken for.
    package struct Use: Sendable {
        package let column: String
        package let kind: KindSchema
        package let field: FieldSchema
    }

    package let uses: [Use]
    /// Columns that nothing is taken from.
    package let unused: [String]

    private static let household: [String: [String]] = [
        "village": ["村代码", "行政村代码"], "number": ["户号", "编号", "家庭编号"],
        "address": ["家庭住址", "地址", "家庭地址"], "phones": ["联系电话", "手机", "手机号", "电话号码"],
        "villager_group": ["小组", "组别", "村组"], "population": ["人口", "人口数", "家庭人口数", "人数"],
    ]

    private static let head: [String: [String]] = [
        "name": ["户主", "户主姓名", "姓名"],
        "id_number": ["身份证号", "身份证号码", "户主身份证号", "户主身份证号码", "公民身份号码", "证件号码"],
    ]

    /// - Returns: `nil` where no column names the household's number: without it no household is found again.
    package init?(_ header: [String]) {
        var (uses, unused): ([Use], [String]) = ([], [])
        for column in header where !column.isEmpty {
            let use =
                Self.use(column, of: householdKind, Self.household) { $0.type != .reference }
                ?? Self.use(column, of: memberKind, Self.head) { Self.head[$0.name] != nil }
            // Names that mean something else in a mapping, and braces, are not columns there.
            guard let use, !["name", "index"].contains(column), !column.contains(where: { "{}".contains($0) }),
                !uses.contains(where: { $0.kind.name == use.kind.name && $0.field.name == use.field.name })
            else {
                unused.append(column)
                continue
            }
            uses.append(use)
        }
        guard uses.contains(where: { $0.kind.name == householdKind.name && $0.field.name == "number" }) else {
            return nil
        }
        (self.uses, self.unused) = (uses, unused)
    }

    private static func use(
        _ column: String, of kind: KindSchema, _ others: [String: [String]], where isTaken: (FieldSchema) -> Bool
    ) -> Use? {
        let plain = plain(column)
        let field = kind.fields.first { field in
            isTaken(field)
                && ([field.name, field.label.zh, field.label.en] + (others[field.name] ?? [])).contains {
                    Self.plain($0) == plain
                }
        }
        return field.map { Use(column: column, kind: kind, field: $0) }
    }

    /// Blanks, underscores and case do not matter.
    private static func plain(_ text: String) -> String {
        text.lowercased().filter { !$0.isWhitespace && $0 != "\u{FEFF}" && $0 != "_" }
    }

    /// What a mapping file would say.
    package var mapping: MappingNode {
        func fields(of kind: KindSchema) -> [String: MappingNode] {
            Dictionary(
                uniqueKeysWithValues: uses.filter { $0.kind.name == kind.name }.map {
                    ($0.field.name, .scalar("{\($0.column)}"))
                })
        }
        var records = [
            MappingNode.map([
                "kind": .scalar(householdKind.name), "as": .scalar("household"), "key": .list([.scalar("number")]),
                "fields": .map(fields(of: householdKind)),
            ])
        ]
        if let name = uses.first(where: { $0.kind.name == memberKind.name && $0.field.name == "name" }) {
            let own: [String: MappingNode] = [
                "household": .map(["ref": .scalar("household")]), "relation": .scalar("02"),
            ]
            records.append(
                .map([
                    "kind": .scalar(memberKind.name), "as": .scalar("head"), "when": .scalar(name.column),
                    "fields": .map(own.merging(fields(of: memberKind)) { first, _ in first }),
                ]))
        }
        return .map(["records": .list(records)])
    }
}
