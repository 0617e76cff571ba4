import Assistance
import Foundation
import SyncEngine

/// Household records of the product's own kind with every field set: about 870 bytes as JSON.
struct Sample {
    private var random: SplitMix
    private let kind: KindSchema
    private let village: String
    /// What a station may write, with the codes of those that have some, sorted once.
    private let fields: [(schema: FieldSchema, codes: [String])]

    init(seed: UInt64, village: String) {
        random = SplitMix(state: seed)
        kind = AssistanceSchema.current.kind("household")!  // the kind the benchmark is about
        self.village = village
        fields = kind.storedFields.filter { !$0.isDeskOnly && $0.name != KindSchema.aliasField }.map {
            ($0, $0.rule?.codes?.keys.sorted() ?? [])
        }
    }

    var fieldNames: [String] { fields.map(\.schema.name) }

    private static let words = [
        "阴平镇", "一组", "二组", "三组", "砖木结构", "自来水", "水冲厕所", "燃气", "务农为主", "家中有慢性病人，需定期服药", "路口东第三户",
        "房屋西墙有裂缝，雨季漏水", "儿子在外打工，逢年回家", "种植小麦玉米", "养羊三只", "低保边缘户，去年申请未通过",
    ]

    /// One record's fields, all of them set.
    mutating func next(_ index: Int) -> [String: Any] {
        var values: [String: Any] = [:]
        for (field, codes) in fields { values[field.name] = value(of: field, codes, index: index) }
        return values
    }

    /// One record as the engine takes it.
    mutating func draft(_ index: Int) -> Draft {
        let writes = fields.map { field, codes in
            FieldWrite.set(field.name, Self.typed(value(of: field, codes, index: index), field))
        }
        let id = RecordID.v7(milliseconds: 1_700_000_000_000 + Int64(index), using: &random)
        return Draft(kind: kind, record: id, operation: .create, writes: writes)
    }

    private static func typed(_ value: Any, _ field: FieldSchema) -> Value {
        switch value {
        case let flag as Bool: .bool(flag)
        case let number as Int: .int64(Int64(number))
        case let list as [String]: .list(list)
        case let text as String where field.type == .date: CalendarDay(text).map(Value.date) ?? .null
        case let text as String where field.type == .time: Instant(text).map(Value.time) ?? .null
        default: .text(value as? String ?? "")
        }
    }

    private mutating func value(of field: FieldSchema, _ codes: [String], index: Int) -> Any {
        switch field.name {
        case "village": return village
        case "number": return String(format: "%06d", index)
        case "phones": return ["138\(String(format: "%08d", Int(random.next() % 100_000_000)))"]
        default: break
        }
        if !codes.isEmpty {
            let code = codes[Int(random.next() % UInt64(codes.count))]
            return field.type == .list ? [code] : code
        }
        switch field.type {
        case .int64: return Int(random.next() % 90) + 1
        case .bool: return random.next() % 2 == 0
        case .date: return CalendarDay(daysSinceEpoch: 18_000 + Int32(random.next() % 2_000)).description
        case .time: return Instant(milliseconds: 1_600_000_000_000 + Int64(random.next() % 100_000_000_000)).description
        case .reference: return RecordID.v7(milliseconds: 1_700_000_000_000 + Int64(index), using: &random).description
        case .list: return [Self.words[Int(random.next() % 16)]]
        case .text: return Self.words[Int(random.next() % 16)]
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same records in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
