import SyncEngine
import Testing

@testable import SyncWire

/// A pull's page is written by hand: what reads it may not notice.
@Suite struct PageWriterTests {
    @Test(arguments: 0..<200) func aPageIsWrittenAsTheGeneratedCodeWritesIt(seed: UInt64) {
        var samples = Samples(seed)
        var page = samples.page()
        for index in page.records.indices where samples.below(2) == 0 {
            // An element of a set that was added: its value is the element, and travels once.
            page.records[index].fields.append(
                FieldDelta(key: FieldKey(field: "set", element: "水"), value: .text("水"), writer: 0))
        }
        #expect(PageWriter.bytes(page) == Protobuf.bytes(WirePullPage(page)))
        let answer = Answer(status: 200, requestNonce: samples.bytes(29), hello: nil, body: .pull(page))
        #expect(answer.encoded == Protobuf.bytes(WireAnswer(answer)))
    }

    @Test func numbersAtTheirLimitsAreWrittenWhole() {
        for number in [0, 1, -1, 127, 128, -128, .max, .min] as [Int64] {
            var page = PullPage(epoch: RecordID(high: 1, low: 2), from: .max, to: .max)
            page.writers = [
                Writer(
                    seq: .max, device: RecordID(high: 3, low: 4), author: "", time: HybridTime(rawValue: .max),
                    reason: "")
            ]
            page.records = [
                RecordDelta(
                    id: RecordID(high: .max, low: 0), kind: "", scope: Scope(""), seq: .max, form: .whole,
                    isDeleted: true,
                    fields: [FieldDelta(key: FieldKey(field: ""), value: .int64(number), writer: 0)])
            ]
            #expect(PageWriter.bytes(page) == Protobuf.bytes(WirePullPage(page)), "\(number)")
        }
    }
}
