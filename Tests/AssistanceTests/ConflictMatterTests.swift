import Assistance
import SyncEngine
import Testing

/// What a conflict is about, and so which comes first.
@Suite struct ConflictMatterTests {
    @Test(arguments: [
        ("bank_account", ["kind", "number", "bank", "holder"], ConflictMatter.account),
        ("bank_account", ["remarks"], .account), ("member", ["name", "id_number"], .identity),
        ("supporter", ["id_number"], .identity), ("income_item", ["amount_fen", "to"], .money),
        ("property_item", ["value_fen"], .money), ("member", ["deleted"], .deletion),
        ("household", ["address"], .other),
    ])
    func aConflictIsSortedByWhatItCanPayWrongly(kind: String, fields: [String], matter: ConflictMatter) {
        #expect(ConflictMatter(kind: kind, fields: fields) == matter)
    }

    @Test func whoGetsHowMuchAndWhereIsGrave() {
        #expect(ConflictMatter.allCases.filter(\.isGrave) == [.account, .identity, .money])
    }

    @Test func aQuestionIsAskedByTheTownshipAndAnsweredByTheVillage() {
        let open = questionKind.fields.filter { !$0.isDeskOnly }.map(\.name)
        #expect(open == ["answer", "answered_by"])
        #expect(AssistanceSchema.current.kind("question") != nil)
    }
}
