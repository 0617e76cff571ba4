import SyncEngine

/// A kind with a field of every type, for the suites of this target.
enum Sample {
    static func field(
        _ name: String, _ type: ValueType, _ zh: String, _ en: String, _ policy: MergePolicy = .humanReview,
        rule: Rule? = nil, isDeskOnly: Bool = false, derivation: (@Sendable ([String: Value]) -> Value)? = nil
    ) -> FieldSchema {
        FieldSchema(
            name, type, policy, .none, Label(zh: zh, en: en), rule: rule, isDeskOnly: isDeskOnly, derivation: derivation
        )
    }

    static let notNegative = Rule { value, _ in
        (value.int64 ?? 0) < 0 ? Finding(.error, Label(zh: "不能小于 0", en: "Not below 0")) : nil
    }

    static let phone = Rule { value, _ in
        value.text?.utf8.count == 11 ? nil : Finding(.warning, Label(zh: "号码不是 11 位", en: "Not 11 digits"))
    }

    static let kind = KindSchema(
        "thing", label: Label(zh: "物件", en: "Thing"),
        naturalKeys: [NaturalKey(required: ["number"])],
        searchFields: ["name", "number"],
        fields: [
            field("number", .text, "编号", "Number"),
            field("name", .text, "姓名", "Name"),
            field(
                "account", .text, "卡折", "Account",
                rule: Rule(codes: ["卡": Label(zh: "银行卡", en: "bank card")]) { _, _ in nil }),
            field("amount_fen", .int64, "金额（分）", "Amount (fen)", rule: notNegative),
            field("alive", .bool, "健在", "Alive"),
            field("born", .date, "出生日期", "Born"),
            field("at", .time, "时间", "At"),
            field("phones", .list, "电话", "Phones", .setUnion, rule: phone),
            field("photos", .list, "照片", "Photos"),
            field("owner", .reference, "所有人", "Owner"),
            field("remark", .text, "批注", "Remark", isDeskOnly: true),
            field("initial", .text, "首字", "Initial", .derived) { fields in
                fields["name"]?.text?.first.map { .text(String($0)) } ?? .null
            },
        ])

    static let id = RecordID("01890000-0000-7000-8000-0000000000aa")!  // a literal
    static let other = RecordID("01890000-0000-7000-8000-0000000000bb")!  // a literal
    static let device = RecordID("01890000-0000-7000-8000-0000000000dd")!  // a literal
    static let time = Instant("2026-11-24T09:30:15+08:00")!  // a literal

    static func named(_ name: String) -> FieldSchema { kind.field(name)! }  // tests name existing fields only

    static func record(_ values: [String: Value], seq: Seq = 7, extra: [String: Value] = [:]) -> Record {
        var record = Record(id: id, kind: kind, scope: Scope("370404101201"), seq: seq, extra: extra)
        for (name, value) in values { record.assign(value, to: FieldKey(field: name), in: kind) }
        return record
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
