package import SyncEngine

/// A domain of its own: the engine knows nothing of households.
package enum Sample {
    private static func field(_ name: String, _ type: ValueType, _ policy: MergePolicy) -> FieldSchema {
        FieldSchema(name, type, policy, .none, Label(zh: name, en: name))
    }

    package static let schema = Schema(version: 1, kinds: [root, item, fact, law])

    package static let root = KindSchema(
        "root", label: Label(zh: "根", en: "Root"), scopeField: "place",
        groups: [FieldGroup("left", ["left", "right"])], searchFields: ["latest"],
        fields: [
            field("place", .text, .townshipWins), field("latest", .text, .latestVisit()),
            field("town", .text, .townshipWins), field("review", .text, .humanReview), field("tags", .list, .setUnion),
            field("ended", .date, .monotone), field("left", .int64, .humanReview), field("right", .int64, .humanReview),
            FieldSchema("double", .int64, .derived, .none, Label(zh: "双", en: "double")) { fields in
                .int64((fields["left"]?.int64 ?? 0) * 2)
            },
        ])

    package static let item = KindSchema(
        "item", label: Label(zh: "项", en: "Item"), parents: [ParentField("root", kind: "root")],
        naturalKeys: [NaturalKey(required: ["key"])], groups: [FieldGroup("amount", ["amount", "until"])],
        fields: [
            field("root", .reference, .humanReview), field("key", .text, .latestVisit()),
            field("amount", .int64, .latestVisit(reviewAbovePercent: 20)),
            field("until", .date, .latestVisit(reviewAbovePercent: 20)), field("note", .text, .latestVisit()),
        ])

    package static let fact = KindSchema(
        "fact", label: Label(zh: "事实", en: "Fact"), parents: [ParentField("root", kind: "root")], isAppendOnly: true,
        fields: [
            field("root", .reference, .immutable), field("text", .text, .immutable), field("more", .text, .immutable),
        ])

    /// What holds for the region, and is read in every place of it.
    package static let law = KindSchema(
        "law", label: Label(zh: "规定", en: "Law"), isRegional: true,
        fields: [field("text", .text, .immutable), field("note", .text, .townshipWins)])
}

/// SplitMix64: the same world for the same seed.
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
