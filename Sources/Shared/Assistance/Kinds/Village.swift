package import SyncEngine

/// A village (村、居): what people call it. Records hold villages by their codes; pages, papers and lists say the name
/// beside the code, where the township has written one down.
package enum Village {
    package static let kindName = "village"

    /// The record lives in its village, whose station reads it for its own papers.
    package static let kind = KindSchema(
        kindName, label: Label(zh: "村居", en: "Village"), scopeField: "village", isAppendOnly: true,
        fields: [
            desk("village", "村居代码", "Village code", .im, Rules.village),
            desk("name", "名称", "Name", .tw, Rules.text(nameCharacters)),
        ])

    /// Characters of a name, at most.
    package static let nameCharacters = 40

    private static func desk(
        _ name: String, _ zh: String, _ en: String, _ policy: MergePolicy, _ rule: Rule
    ) -> FieldSchema {
        FieldSchema(name, .text, policy, .none, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }

    /// One record a village: writing its name again corrects it.
    package static func id(of village: Scope) -> RecordID {
        RecordID.named(Hash256(of: Array("village\0\(village.code)".utf8)))
    }

    /// What the records call a village; its code where they do not.
    /// - Throws: what reading throws.
    package static func name(of village: Scope, in records: some LinkedRecords) throws -> String {
        guard let record = try records.record(id(of: village), kind: kind), !record.isDeleted else {
            return village.code
        }
        return record.value("name", in: kind).text ?? village.code
    }
}

extension Village {
    /// A household's address behind the name of its village; as it is where the village has none, or it says so itself.
    package static func address(_ household: Linked, in village: String) -> String? {
        guard let address = household.text("address") else { return nil }
        let isKnown = !VillageCode.isValid(village) && !address.contains(village)
        return isKnown ? village + address : address
    }
}

/// A township's villages, by code, and the names of those that have one.
package struct VillageNames: Hashable, Sendable {
    /// In order.
    package let codes: [String]
    private let names: [String: String]

    /// - Parameters:
    ///   - codes: of villages that have records, whether they have a name or not.
    ///   - township: what the township itself is called, by its code; it is none of the villages.
    package init(_ names: [String: String] = [:], codes: [String] = [], township: [String: String] = [:]) {
        self.names = names.merging(township) { name, _ in name }
        self.codes = Set(names.keys).union(codes).sorted()
    }

    /// The names that what is shown now uses, such as one page.
    @TaskLocal package static var current = VillageNames()

    /// `夏庄村`; `nil` where nobody has written it down.
    package subscript(_ code: String) -> String? { names[code] }

    /// `夏庄村`, else the code.
    package func name(of code: String) -> String { names[code] ?? code }

    /// `夏庄村（370404101201）`, else the code: to choose by.
    package func title(of code: String) -> String { names[code].map { "\($0)（\(code)）" } ?? code }
}
