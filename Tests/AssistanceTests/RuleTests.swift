import SyncEngine
import Testing

@testable import Assistance

@Suite struct RuleTests {
    private let today = RuleContext(today: CalendarDay("2026-11-24")!)

    private func accepts(_ kind: String, _ field: String, _ value: Value) throws -> Bool {
        let kind = try #require(AssistanceSchema.current.kind(kind))
        let rule = try #require(kind.field(field)?.rule)
        return rule.check(value, today)?.severity != .error
    }

    @Test(arguments: ["11010519491231002X", "440524188001010014"]) func theStandardsIdentityNumbersAreValid(
        number: String
    ) throws {
        #expect(try accepts("member", "id_number", .text(number)))
    }

    @Test(arguments: [
        "110105194912310021", "11010519491331002X", "11010520991231002X", "110105491231002", "1101051949123100", "",
        "11010519491231002x",
    ]) func anImpossibleIdentityNumberIsRefused(number: String) throws {
        #expect(try !accepts("member", "id_number", .text(number)))
    }

    @Test(arguments: [
        ("13812345678", true), ("0632-7712345", true), ("06327712345", true), ("12812345678", false),
        ("1381234567", false), ("138-12345678", false),
    ])
    func phonesAreMobilesOrLandlines(phone: String, isValid: Bool) throws {
        #expect(try accepts("household", "phones", .text(phone)) == isValid)
    }

    @Test(arguments: [
        ("370404101201", true), ("370404101001", true), ("370404101000", false), ("370404101400", false),
        ("37040410120", false), ("37040410120x", false),
    ])
    func villageCodesHaveTwelveDigitsAndAPlaceForTheVillage(code: String, isValid: Bool) throws {
        #expect(try accepts("household", "village", .text(code)) == isValid)
    }

    @Test(arguments: [("6222020200112233445", false), ("4111111111111111", true)])
    func cardsPassLuhnOrAreRefusedAndBooksWarn(
        number: String, isValid: Bool
    ) throws {
        let rule = try #require(AssistanceSchema.current.kind("bank_account")?.recordRule)
        let card = rule(["kind": .text("卡"), "number": .text(number)], today)
        let book = rule(["kind": .text("折"), "number": .text(number)], today)
        #expect(card.contains { $0.severity == .error } == !isValid)
        #expect(book.contains { $0.severity == .warning } == !isValid)
    }

    @Test func moneyIsNeverBelowNothing() throws {
        #expect(try accepts("income_item", "amount_fen", .int64(0)))
        #expect(try !accepts("income_item", "amount_fen", .int64(-1)))
    }

    @Test func codesAreThoseOfTheirLists() throws {
        for code in CodeLists.relation.keys { #expect(try accepts("member", "relation", .text(code))) }
        #expect(try !accepts("member", "relation", .text("999")))
        #expect(try accepts("member", "health", .text("1")))
        #expect(try accepts("member", "health", .text("41")))
    }

    @Test func sexAndBirthDateComeFromTheIdentityNumber() throws {
        let kind = try #require(AssistanceSchema.current.kind("member"))
        let fields: [String: Value] = ["id_number": .text("11010519491231002X")]
        #expect(kind.field("sex")?.derivation?(fields) == .text("2"))
        #expect(kind.field("birth_date")?.derivation?(fields) == .date(CalendarDay("1949-12-31")!))
        #expect(kind.storedFields.allSatisfy { $0.name != "sex" })
    }
}

@Suite struct SchemaTests {
    @Test func aHouseholdHasThirtyFields() throws {
        let fields = AssistanceSchema.current.kind("household")?.storedFields.filter {
            $0.name != KindSchema.aliasField
        }
        #expect(fields?.count == 30)
    }

    @Test(arguments: [
        ("household", "village", "tw"), ("household", "phones", "su"), ("household", "head", "hr"),
        ("member", "name", "hr"),
        ("member", "sex", "dr"), ("member", "health", "lv"), ("member", "disability_grade", "tw"),
        ("member", "death_date", "mn"),
        ("income_item", "amount_fen", "lv"), ("property_item", "exemption", "tw"), ("bank_account", "number", "hr"),
        ("visit", "answers", "im"), ("note", "text", "im"),
    ]) func policiesAreThoseOfTheTable(kind: String, field: String, policy: String) throws {
        #expect(AssistanceSchema.current.kind(kind)?.field(field)?.policy.code == policy)
    }

    @Test func groupsNameFieldsOfTheirKind() {
        for kind in AssistanceSchema.current.kinds {
            for group in kind.groups {
                #expect(group.fields.allSatisfy { kind.field($0) != nil }, "\(kind.name).\(group.name)")
                #expect(
                    Set(group.fields.compactMap { kind.field($0)?.policy }).count == 1,
                    "one policy a group: \(group.name)")
            }
            for key in kind.naturalKeys { #expect(key.fields.allSatisfy { kind.field($0) != nil }) }
            for name in kind.searchFields { #expect(kind.field(name) != nil) }
        }
    }

    @Test func everyLabelIsInBothLanguages() {
        for field in AssistanceSchema.current.kinds.flatMap(\.fields) {
            #expect(!field.label.zh.isEmpty && !field.label.en.isEmpty, "\(field.name)")
        }
    }
}

@Suite struct PinyinTests {
    @Test(arguments: [
        ("张三", ["zs"]), ("王秀英", ["wxy"]), ("单雄信", ["sxx", "dxx"]), ("曾国藩", ["zgf", "cgf"]), ("A12组", ["a12z"]),
        ("（）", []),
    ])
    func initialsAreWhatPeopleType(text: String, initials: [String]) {
        #expect(Pinyin.initials(of: text) == initials)
    }

    @Test func aSearchLineHoldsTextsAndInitials() throws {
        let kind = try #require(AssistanceSchema.current.kind("member"))
        var record = Record(id: RecordID(high: 1, low: 1), kind: kind, scope: Scope("370404101201"))
        record.assign(.text("张三"), to: FieldKey(field: "name"), in: kind)
        #expect(SearchText.line(kind: kind, record: record) == "张三\nzs")
    }

    /// A list whose codes are English words needs no English texts of its own; digits and Chinese words do.
    @Test func everyCodeReadsInBothLanguages() {
        for kind in AssistanceSchema.current.kinds {
            for field in kind.fields {
                for (code, label) in field.rule?.codes ?? [:] {
                    #expect(!label.zh.isEmpty, "\(kind.name).\(field.name) \(code)")
                    let isRead =
                        label.en.utf8.contains { (97...122).contains($0) }
                        && label.en.unicodeScalars.allSatisfy(\.isASCII)
                    #expect(isRead, "\(kind.name).\(field.name) \(code) \(label.zh): add it to CodeLists+English.swift")
                }
            }
        }
        let relation = AssistanceSchema.current.kind("member")?.field("relation")?.rule?.codes
        #expect(relation?["02"] == Label(zh: "户主", en: "head of the household"))
    }

    @Test func anUnknownCodeIsExplainedWithCodesOfBothLanguages() throws {
        let rule = try #require(AssistanceSchema.current.kind("income_item")?.field("type")?.rule)
        let message = try #require(rule.check(.text("77"), RuleContext(today: CalendarDay("2026-11-24")!))?.message)
        #expect(
            message.en == "No such code; for example 10 wages, 20 net business income, 21 land, 30 net property income")
        #expect(message.zh == "没有这个代码；例如 10 工资性、20 经营净收入、21 土地、30 财产净收入")
    }
}
