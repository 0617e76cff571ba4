import SyncEngine
import Testing

@testable import Assistance

@Suite struct PolicyPackTests {
    @Test func theIncludedPackIsWholeAndMarksWhatTheDocumentDoesNotGive() throws {
        let (pack, findings) = PolicyPack.read(PolicyPack.yicheng2020.text)
        #expect(findings.isEmpty)
        let included = try #require(pack)
        #expect(included.from.description == "2020-09-05" && included.until.description == "2025-09-04")
        #expect(
            Set(included.parameters.map(\.name))
                == Set(PolicyParameterType.all.keys).subtracting(PolicyParameterType.optional))
        // The document gives deadlines, and no amount.
        #expect(included.parameters.allSatisfy { $0.source == .demo })
        let given = included.deadlines.filter { $0.source != .demo }
        #expect(given.map(\.rule) == ["12wd", "12wd", "12wd", "24h", "5wd"])
        #expect(included.deadline(.decision, of: .tekun)?.rule == "12wd")
        #expect(included.deadline(.decision, of: .elderlyAllowance) == nil)
        #expect(included.notice?.rule == "7d" && included.notice?.source == .demo)
    }

    @Test func everyParameterHasANameThatPeopleRead() {
        #expect(Set(PolicyParameter.labels.keys) == Set(PolicyParameterType.all.keys))
        #expect(Set(PolicyParameter.labels.values.map(\.zh)).count == PolicyParameter.labels.count)
        #expect(Set(PolicyParameter.labels.values.map(\.en)).count == PolicyParameter.labels.count)
    }

    private func findings(_ old: String, _ new: String) throws -> [String] {
        let text = try Fixture.text()
        #expect(text.contains(old))
        return PolicyPack.read(text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new))
            .findings.compactMap(\.field)
    }

    @Test func whatIsWrongInAPackIsNamedByItsPlace() throws {
        #expect(try findings(#""version":1"#, #""version":0"#) == ["version"])
        #expect(try findings(#""region":"370404""#, #""region":"37""#) == ["region"])
        #expect(try findings(#""until":"2025-09-04""#, #""until":"2025-02-30""#) == ["until"])
        #expect(try findings(#""until":"2025-09-04""#, #""until":"2020-09-04""#) == ["until"])
        #expect(try findings(#""name":"dibao.step""#, #""name":"dibao.stride""#) == ["parameters[3].name"])
        #expect(try findings(#""value":"560.00""#, #""value":560"#) == ["parameters[2].value"])
        #expect(try findings(#""value":"560.00""#, #""value":"0.00""#) == ["parameters[2].value"])
        #expect(try findings(#""value":"560.00""#, #""value":"-1.00""#) == ["parameters[2].value"])
        #expect(try findings(#""rule":"24h""#, #""rule":"24 hours""#) == ["deadlines[3].rule"])
        #expect(try findings("0632-0000000", "12345") == ["hotline.number"])
        #expect(try findings(#""notice":"#, #""notices":"#) == ["notices"])
    }

    @Test func aValueIsTheDocumentsOrADemoAndNeverBoth() throws {
        let demo = #""value":"560.00","from":"2020-09-05","demo":true"#
        let given = #""value":"560.00","from":"2020-09-05","article":"一""#
        #expect(try findings(demo, given).isEmpty)
        #expect(try findings(demo, given + #","demo":true"#) == ["parameters[2].article"])
        #expect(try findings(demo, #""value":"560.00","from":"2020-09-05""#) == ["parameters[2].article"])
    }

    @Test func twoValuesOnOneDayAreRefused() throws {
        let one = #""value":"560.00","from":"2020-09-05","demo":true}"#
        let two = one + #",{"name":"dibao.standard.rural","value":"585.00","from":"2021-01-01","demo":true}"#
        #expect(try findings(one, two) == ["parameters[3].from"])
    }

    @Test func whatIsNoPackIsRefusedWithoutACrash() {
        for text in ["", "{}", "[]", "{", "null", "{} {}", #"{"id": 1}"#, #"{"parameters": {}}"#] {
            let (pack, findings) = PolicyPack.read(text)
            #expect(pack == nil && !findings.isEmpty, "\(text)")
        }
        let long = String(repeating: " ", count: PolicyPack.byteLimit + 1)
        #expect(PolicyPack.read(long).pack == nil)
    }

    @Test func theLatestPackInForceGovernsAndTheLastOneAfterItsEnd() throws {
        let first = PolicyPack.yicheng2020
        let text = try Fixture.text().split(separator: #""version":1"#, omittingEmptySubsequences: false)
            .joined(separator: #""version":2"#)
            .split(separator: #""from":"2020-09-05","until":"2025-09-04""#, omittingEmptySubsequences: false)
            .joined(separator: #""from":"2025-01-01","until":"2025-12-31""#)
        let second = try #require(PolicyPack.read(text).pack)
        func governing(_ day: String) throws -> String? {
            PolicyPack.governing(try #require(CalendarDay(day)), among: [second, first])?.name
        }
        #expect(try governing("2020-09-04") == nil)
        #expect(try governing("2024-12-31") == "370404-2020-14@1")
        #expect(try governing("2025-01-01") == "370404-2020-14@2")
        #expect(try governing("2026-06-01") == "370404-2020-14@2")
    }

    @Test func onlyAnActivatedPackUnderATrustedSignatureIsUsed() throws {
        let text = try Fixture.text().split(separator: #""version":1"#, omittingEmptySubsequences: false)
            .joined(separator: #""version":2"#)
        func names(
            activated: Bool = true, key: String = "aa", signed: Bool = true, village: String = "370404101201"
        ) -> [String] {
            var pack = Record(
                id: RecordID(high: 1, low: 1), kind: PolicyPackRecord.kind, scope: Scope("370404101"), seq: 1)
            func set(_ name: String, _ value: Value) {
                pack.assign(value, to: FieldKey(field: name), in: PolicyPackRecord.kind)
            }
            set("pack", .text("370404-2020-14@2"))
            set("content", .text(text))
            set("signature", .text("bb"))
            set("key", .text(key))
            if activated { set("activated_at", .time(Instant(milliseconds: 0))) }
            var trusted = Record(
                id: RecordID(high: 1, low: 2), kind: districtKeyKind, scope: Scope("370404101"), seq: 2)
            trusted.assign(.text("aa"), to: FieldKey(field: "key"), in: districtKeyKind)
            return PolicyShelf(records: [pack, trusted], region: Scope(village)) { _, _, _ in signed }.packs.map(\.name)
        }
        #expect(names() == ["370404-2020-14@1", "370404-2020-14@2"])
        #expect(names(activated: false) == ["370404-2020-14@1"])
        #expect(names(key: "cc") == ["370404-2020-14@1"])
        #expect(names(signed: false) == ["370404-2020-14@1"])
        #expect(names(village: "370405101201").isEmpty)
    }

    @Test func anEndWithoutASuccessorIsToldInTime() throws {
        func alerts(_ day: String) throws -> Int {
            PolicyShelf.included.expiryAlerts(on: try #require(CalendarDay(day))).count
        }
        #expect(try alerts("2020-01-01") == 1)
        #expect(try alerts("2025-06-05") == 0)
        #expect(try alerts("2025-06-06") == 1)
        #expect(try alerts("2025-09-05") == 1)
    }
}
