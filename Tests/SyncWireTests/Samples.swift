import SyncEngine

@testable import SyncWire

/// Random values for round trips, from a seed.
struct Samples {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: UInt64) -> UInt64 { next() % limit }
    mutating func id() -> RecordID { RecordID(high: next(), low: next()) }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
    mutating func text() -> String { String((0..<below(12)).map { _ in Array("张三阴平镇abc 🙂\n\"\\")[Int(below(13))] }) }
    mutating func base() -> Base { Base(epoch: id(), seq: below(1 << 40)) }

    mutating func value() -> Value {
        switch below(8) {
        case 0: .null
        case 1: .text(text())
        case 2: .int64(Int64(bitPattern: next()))
        case 3: .bool(below(2) == 0)
        case 4: .date(CalendarDay(daysSinceEpoch: Int32(truncatingIfNeeded: next()) % 700_000))
        case 5: .time(Instant(milliseconds: Int64(below(1 << 45))))
        case 6: .list((0..<below(4)).map { _ in text() })
        default: .int64(0)
        }
    }

    mutating func set() -> ChangeSet {
        let intents: [Intent] = [.record, .amend(1 + below(9)), .withdraw(1 + below(9)), .resolve(id())]
        var changes: [Change] = []
        for _ in 0..<below(4) {
            let edits = (0..<below(5)).map { index in
                Edit(
                    "f\(index)", element: below(3) == 0 ? text() : nil, old: value(), new: value(),
                    base: below(3) == 0 ? base() : nil)
            }
            changes.append(
                Change(
                    kind: "k\(below(3))", record: id(), operation: [.create, .edit, .delete][Int(below(3))],
                    edits: edits))
        }
        return ChangeSet(
            device: id(), number: 1 + below(1000), time: HybridTime(rawValue: next()), author: text(), reason: text(),
            schemaVersion: UInt32(below(9)), base: base(),
            observedOn: below(2) == 0 ? CalendarDay(daysSinceEpoch: Int32(below(20_000))) : nil,
            intent: intents[Int(below(4))], changes: changes)
    }

    /// Cut, changed in one byte, with a part of itself behind it, or with a byte put in.
    mutating func altered(_ bytes: [UInt8]) -> [UInt8] {
        var altered = bytes
        switch below(4) {
        case 0: altered.removeLast(Int(below(UInt64(altered.count))))
        case 1: altered[Int(below(UInt64(altered.count)))] = UInt8(truncatingIfNeeded: below(256))
        case 2: altered += Array(bytes.suffix(Int(below(UInt64(bytes.count)))))
        default: altered.insert(UInt8(truncatingIfNeeded: below(256)), at: Int(below(UInt64(bytes.count))))
        }
        return altered
    }

    mutating func page() -> PullPage {
        let writers = (0..<1 + below(3)).map { _ in
            Writer(seq: below(1000), device: id(), author: text(), time: HybridTime(rawValue: next()), reason: text())
        }
        var page = PullPage(epoch: id(), from: below(10), to: 10 + below(10))
        page.writers = writers
        page.records = (0..<below(4)).map { _ in
            let fields = (0..<below(5)).map { index in
                FieldDelta(
                    key: FieldKey(field: "f\(index)", element: below(3) == 0 ? text() : nil), value: value(),
                    writer: Int(below(UInt64(writers.count))))
            }
            var delta = RecordDelta(
                id: id(), kind: "k", scope: Scope("370404101201"), seq: below(100),
                form: [.whole, .changes, .leave][Int(below(3))],
                isDeleted: below(2) == 0, fields: fields)
            delta.deletions = (0..<below(3)).map { _ in
                RecordDelta.Deletion(writer: Int(below(UInt64(writers.count))), isDeleted: below(2) == 0)
            }
            return delta
        }
        page.outcomes = outcomes()
        page.hasMore = below(2) == 0
        page.isBootstrap = below(2) == 0
        page.bootstrapToken = bytes(Int(below(20)))
        page.digests = [
            ScopeDigest(scope: Scope("370404101201"), records: below(99), digest: RecordDigest(bytes: bytes(32))!)
        ]
        return page
    }

    mutating func outcomes() -> [SetOutcome] {
        var result: [SetOutcome] = []
        var number: UInt64 = 1
        for _ in 0..<below(20) {
            number += 1 + (below(4) == 0 ? 1 : 0)
            let quarantined = below(5) == 0
            let problem = quarantined ? Problem(.badValue, text(), explanation: Label(zh: "错", en: "wrong")) : nil
            result.append(
                SetOutcome(
                    number: number, seq: number + 5, result: quarantined ? .quarantined : .verbatim, problem: problem))
        }
        return result
    }
}
