import SyncEngine
import Testing

@testable import CommandSupport

@Suite struct RecordDocumentTests {
    private let full = Sample.record(
        [
            "number": .text("001"), "name": .text("张三"), "account": .text("卡"), "amount_fen": .int64(-1250),
            "alive": .bool(true), "at": .time(Sample.time), "phones": .list(["2", "1"]),
        ], extra: ["zeta": .bool(false), "beta": .int64(1)])

    @Test func theContractsKeysInTheirOrder() {
        let document = RecordDocument(full, kind: Sample.kind, pending: ["name"], conflicts: [Sample.other])
        #expect(
            document.json.compact
                == #"{"id":"01890000-0000-7000-8000-0000000000aa","kind":"thing","scope":"370404101201","seq":7,"#
                + #""deleted":false,"pending":["name"],"fields":{"number":"001","name":"张三","account":"卡","#
                + #""amount_fen":-1250,"alive":true,"at":"2026-11-24T09:30:15+08:00","phones":["2","1"],"initial":"张","#
                + #""beta":1,"zeta":false},"conflicts":["01890000-0000-7000-8000-0000000000bb"]}"#)
    }

    @Test func whatIsNotSetIsLeftOut() {
        var record = Sample.record([:], seq: 0)
        record.isDeleted = true
        #expect(
            RecordDocument(record, kind: Sample.kind, conflicts: []).json.compact
                == #"{"id":"01890000-0000-7000-8000-0000000000aa","kind":"thing","scope":"370404101201","seq":0,"#
                + #""deleted":true,"pending":[],"fields":{},"conflicts":[]}"#)
    }

    @Test func peopleSeeLabelsCodesAndWhatIsPending() {
        Language.$preferred.withValue(.zh) {
            #expect(
                RecordDocument(full, kind: Sample.kind, pending: ["name"], conflicts: [Sample.other]).text == """
                    物件 01890000-0000-7000-8000-0000000000aa
                      编号：       001
                      姓名：       张三  ← 未定
                      卡折：       卡 银行卡
                      金额（分）： -1250（-12.50 元）
                      健在：       是
                      时间：       2026-11-24 09:30:15
                      电话：       2、1
                      首字：       张
                      beta：       1
                      zeta：       否
                      有 1 个冲突待决定：
                        01890000-0000-7000-8000-0000000000bb
                    """)
        }
        Language.$preferred.withValue(.en) {
            var record = Sample.record(["alive": .bool(false)])
            record.isDeleted = true
            #expect(
                RecordDocument(record, kind: Sample.kind, conflicts: []).text == """
                    Thing 01890000-0000-7000-8000-0000000000aa (deleted)
                      Alive: no
                    """)
        }
    }

    @Test func aListingIsATableOfTheFieldsThatFindSearches() {
        let records = [RecordDocument(full, kind: Sample.kind, conflicts: [])]
        Language.$preferred.withValue(.zh) {
            #expect(
                Output.table(of: records) == """
                    记录                                  姓名  编号
                    01890000-0000-7000-8000-0000000000aa  张三  001
                    """)
            #expect(Output.table(of: []) == "没有记录")
            let mixed =
                records + [RecordDocument(ConflictDocumentTests.record, kind: ConflictRecord.kind, conflicts: [])]
            #expect(Output.table(of: mixed).hasPrefix("01890000-0000-7000-8000-0000000000aa  物件  张三  001\n"))
        }
    }
}

@Suite struct HistoryEntryTests {
    private let item = HistoryItem(
        seq: 12, device: Sample.device, author: "王秀英", at: Sample.time, reason: "走访",
        effects: [
            Effect("amount_fen", old: .null, new: .int64(5), .applied),
            Effect("phones", element: "1", old: .text("1"), new: .null, .applied),
            Effect(Effect.deleted, old: .bool(false), new: .bool(true), .lost),
        ], outcome: .conflicted)

    @Test func theContractsKeysInTheirOrder() {
        #expect(
            HistoryEntry(item).json.compact
                == #"{"seq":12,"device":"01890000-0000-7000-8000-0000000000dd","author":"王秀英","#
                + #""at":"2026-11-24T09:30:15+08:00","reason":"走访","edits":[{"field":"amount_fen","old":null,"new":5},"#
                + #"{"field":"phones","element":"1","old":"1","new":null},{"field":"deleted","old":false,"new":true}],"#
                + #""outcome":"conflicted"}"#)
    }

    @Test func peopleSeeWhoWhenAndWhy() {
        Language.$preferred.withValue(.zh) {
            #expect(
                HistoryEntry(item, kind: Sample.kind).text == """
                    12  2026-11-24 09:30:15  王秀英  有冲突  走访
                        金额（分）：- → 5（0.05 元）
                        电话：−1
                        删除：否 → 是
                    """)
        }
        Language.$preferred.withValue(.en) {
            #expect(
                HistoryEntry(item).text.hasPrefix(
                    "12  2026-11-24 09:30:15  王秀英  met a conflict  走访\n    amount_fen: - → 5\n"))
        }
    }
}

@Suite struct ConflictDocumentTests {
    static func record(_ values: [String: Value]) -> Record {
        var record = Record(id: Sample.other, kind: ConflictRecord.kind, scope: Scope("370404101201"), seq: 9)
        let common: [String: Value] = [
            "record": .text(Sample.id.description), "record_kind": .text("thing"), "policy": .text("hr"),
            "state": .text("open"), "authors": .list(["王秀英", "李建国"]), "seqs": .list(["8", "9"]),
        ]
        for (name, value) in common.merging(values, uniquingKeysWith: { $1 }) {
            record.assign(value, to: FieldKey(field: name), in: ConflictRecord.kind)
        }
        return record
    }

    static let record = record([
        "field": .text("amount_fen"), "base": .text("null"), "mine": .text("5"), "theirs": .text("6"),
        "standing": .text("6"),
    ])

    @Test func theContractsKeysInTheirOrder() {
        #expect(
            ConflictDocument(Self.record).json.compact
                == #"{"id":"01890000-0000-7000-8000-0000000000bb","kind":"thing","#
                + #""record":"01890000-0000-7000-8000-0000000000aa","field":"amount_fen","policy":"hr","base":null,"#
                + #""mine":5,"theirs":6,"standing":6,"state":"open","authors":["王秀英","李建国"],"seqs":[8,9]}"#)
    }

    @Test func aGroupsValuesAreListsAndASetNamesItsElement() {
        let group = Self.record([
            "field": .text("name"), "base": .text(#"["a",null]"#), "mine": .text(#"["b","1"]"#),
            "theirs": .text(#"["c",["x"]]"#), "standing": .text("not JSON"),
        ])
        let json = ConflictDocument(group).json
        #expect(json["base"] == .array([.string("a"), .null]))
        #expect(json["theirs"] == .array([.string("c"), .array([.string("x")])]))
        #expect(json["standing"] == .string("not JSON"))
        #expect(json["element"] == nil)
        let element = ConflictDocument(
            Self.record(["field": .text("phones"), "element": .text("1"), "mine": .text("null")]))
        #expect(element.json["element"] == .string("1"))
        #expect(element.json["mine"] == .null)
    }

    @Test func showEmbedsTheSameValues() {
        let fields = RecordDocument(Self.record, kind: ConflictRecord.kind, conflicts: []).json["fields"]
        #expect(fields?["mine"] == .int(5))
        #expect(fields?["seqs"] == .array([.int(8), .int(9)]))
        #expect(fields?["authors"] == .array([.string("王秀英"), .string("李建国")]))
    }

    @Test func peopleSeeBothValuesAndWhichStands() {
        Language.$preferred.withValue(.zh) {
            #expect(
                ConflictDocument(Self.record, subject: Sample.kind).text == """
                    01890000-0000-7000-8000-0000000000bb  物件 01890000-0000-7000-8000-0000000000aa  金额（分）  待决定
                        原值      -
                        已有的值  6（0.06 元）
                        后到的值  5（0.05 元）
                        现行值    6（0.06 元）
                        填写人    王秀英、李建国
                    """)
        }
    }
}

@Suite struct ChangeSetDocumentTests {
    private let set = ChangeSet(
        device: Sample.device, number: 3, time: HybridTime(milliseconds: Sample.time.milliseconds, counter: 0),
        author: "王秀英", reason: "更正", schemaVersion: 1, base: Base(epoch: Sample.other, seq: 1),
        changes: [
            Change(
                kind: "thing", record: Sample.id, operation: .edit,
                edits: [Edit("name", old: .null, new: .text("张")), Edit("phones", element: "1", new: .text("1"))]),
            Change(kind: "thing", record: Sample.other, operation: .delete),
        ])

    private static let changes =
        #""changes":[{"kind":"thing","record":"01890000-0000-7000-8000-0000000000aa","operation":"edit","#
        + #""edits":[{"field":"name","old":null,"new":"张"},{"field":"phones","element":"1","old":null,"new":"1"}]},"#
        + #"{"kind":"thing","record":"01890000-0000-7000-8000-0000000000bb","operation":"delete","edits":[]}]"#

    @Test func refusedSetsSayWhy() {
        Language.$preferred.withValue(.zh) {
            let document = RefusedDocument(set: set, problem: Problem(.immutableField, "thing.name"))
            #expect(
                document.json.compact
                    == #"{"device":"01890000-0000-7000-8000-0000000000dd","number":3,"code":2005,"#
                    + #""reason":"这个字段写过后不能再改（thing.name）","# + Self.changes + "}")
            #expect(
                document.text == """
                    第 3 号：这个字段写过后不能再改（thing.name）
                        thing 01890000-0000-7000-8000-0000000000aa  修改  name phones+=1
                        thing 01890000-0000-7000-8000-0000000000bb  删除
                    """)
        }
    }

    @Test(arguments: [
        (OutboxSet.State.pending, "pending"), (.decided, "decided"), (.settled, "settled"),
    ])
    func theOutboxSaysHowFarASetHasCome(state: OutboxSet.State, name: String) {
        let sealed = SealedSet(set: set, bytes: [], after: .zero)
        #expect(
            OutboxDocument(OutboxSet(sealed: sealed, state: state, outcome: nil)).json.compact
                == #"{"number":3,"at":"2026-11-24T09:30:15+08:00","author":"王秀英","reason":"更正","#
                + Self.changes + #","state":"\#(name)"}"#)
    }

    @Test func savingSaysTheNumberOrThatNothingChanged() {
        let saved = Recorded(id: Sample.id, kind: "thing", set: 4)
        #expect(saved.json.compact == #"{"id":"01890000-0000-7000-8000-0000000000aa","kind":"thing","set":4}"#)
        let unchanged = Recorded(id: Sample.id, kind: "thing", set: nil)
        #expect(unchanged.json["set"] == .null)
        #expect(unchanged.text != saved.text)
    }
}
