import Foundation
import SyncEngine
import Testing

@testable import Assistance

/// Documents as people read them. `make golden` records anew.
@Suite struct GoldenDocumentTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private static func compare(_ text: String, with name: String) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name)")
            return
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(name) differs")
    }

    @Test(arguments: DocumentCode.allCases) func aDocumentIsAsItWas(code: DocumentCode) throws {
        let world = try DocumentWorld.world(for: code)
        let template = DocumentTemplate.of(code)
        try template.check(try world.file, pack: .yicheng2020)
        let serial = DocumentSerial(
            template, region: Scope("370404101"), year: 2025, epoch: RecordID(high: 1, low: 0x1234_5678), number: 7)
        let document = RenderedDocument(
            template, of: try DocumentWorld.subject(world),
            standing: .issued(serial: serial.description, on: CalendarDay("2025-03-10")!))
        try Self.compare(document.html, with: "\(code.rawValue).html")
    }

    /// Locked templates (R41): what a version prints does not change; a change is another version.
    @Test func aTemplateChangesWithItsVersion() throws {
        let lines = DocumentTemplate.all.map { "\($0.name) \($0.hash)" }
        try Self.compare(lines.joined(separator: "\n") + "\n", with: "templates.txt")
        #expect(Set(DocumentTemplate.all.map(\.code)) == Set(DocumentCode.allCases))
        #expect(Set(DocumentTemplate.all.map(\.initials)).count == DocumentCode.allCases.count)
    }
}

/// What a document may be made of, and what is said when it may not.
@Suite struct DocumentRuleTests {
    private func missing(_ code: DocumentCode, _ world: CaseWorld) throws -> [String] {
        DocumentTemplate.of(code).missing(in: try world.file).map(\.rule.code)
    }

    @Test func aLetterNeedsItsDecision() throws {
        let world = DocumentWorld.family(.dibao)
        #expect(try missing(.acceptance, world) == ["R27"])
        #expect(try missing(.survey, world) == ["R19"])
        #expect(try missing(.approval, world) == ["R15"])
        #expect(try missing(.rejection, world) == ["R42", "R28"])
        #expect(try missing(.adjustment, world) == ["R43"])
        #expect(try missing(.publicNotice, world) == ["R31", "R31", "R58"])
        #expect(try missing(.democraticReview, world) == ["R30"])
        #expect(try missing(.reliefReceipt, world) == ["R34"])
        for form in [DocumentCode.application, .authorisation, .commitment, .leaflet] {
            #expect(try missing(form, world).isEmpty, "\(form)")
        }
        world.decide("approved")
        #expect(try missing(.rejection, world) == ["R42", "R28"], "an approval is no rejection")
        world.decide("rejected")
        #expect(try missing(.rejection, world).isEmpty)
        #expect(try missing(.publicNotice, world).contains("R31"), "what is rejected is not posted")
    }

    @Test func aFailedCheckIsALetterOfItsOwnReasons() throws {
        let world = DocumentWorld.family(.dibao)
        DocumentWorld.checked(world, "not_conforming")
        #expect(try missing(.rejection, world).isEmpty)
        let letter = RenderedDocument(
            DocumentTemplate.of(.rejection), of: try DocumentWorld.subject(world), standing: .draft)
        #expect(letter.html.contains("不再进入审核审批") && letter.html.contains("未申报的小型轿车"))
    }

    @Test func aProgrammeHasItsOwnDocumentsUnderItsOwnName() throws {
        let codes = DocumentTemplate.all(of: .elderlyAllowance).map(\.code)
        #expect(!codes.contains(.acceptance) && !codes.contains(.authorisation) && codes.contains(.adjustment))
        #expect(DocumentTemplate.all(of: .reliefUrgent).map(\.code).contains(.reliefReceipt))
        #expect(!DocumentTemplate.all(of: .dibao).map(\.code).contains(.reliefReceipt))
        let pack = PolicyPack.yicheng2020
        #expect(DocumentTemplate.title(.application, pack: pack, programme: .dibao) == "低保申请表")
        #expect(DocumentTemplate.title(.application, pack: pack, programme: .tekun) == "特困人员救助供养申请表")
        #expect(DocumentTemplate.title(.adjustment, pack: pack, programme: .tekun) == "特困人员救助供养待遇调整（停发）告知书")
        let world = DocumentWorld.family(.dibao)
        let problem = #expect(throws: Problem.self) {
            try DocumentTemplate.of(.reliefReceipt).check(try world.file, pack: pack)
        }
        #expect(problem?.code == .refusedMove && problem?.explanation?.zh.contains("R41") == true)
    }

    @Test func theSameFactsMakeTheSamePageAndOthersAnother() throws {
        let world = try DocumentWorld.world(for: .approval)
        func page(_ standing: DocumentStanding = .draft) throws -> Hash256 {
            RenderedDocument(.of(.approval), of: try DocumentWorld.subject(world), standing: standing).hash
        }
        let before = try page()
        world.later(days: 40)
        #expect(try page() == before, "a day that passes is no fact")
        #expect(try page(.issued(serial: "1", on: world.now.day)) != before)
        world.set(world.member, "name", .text("张三丰"))
        #expect(try page() != before)
    }
}

/// What others may read.
@Suite struct DocumentPrivacyTests {
    private func page(_ code: DocumentCode, _ world: CaseWorld) throws -> String {
        RenderedDocument(.of(code), of: try DocumentWorld.subject(world), standing: .draft).html
    }

    @Test func aPublicNoticeShowsNothingThatABoardMustNot() throws {
        let world = try DocumentWorld.world(for: .publicNotice)
        world.add("bank_account", ["number": .text("6222020200112233"), "holder": .text("张三")])
        let page = try page(.publicNotice, world)
        #expect(page.contains("张*") && page.contains("0632-7712345") && page.contains("950.00"))
        let secrets = [
            "张三", "11010519491231002X", "胃癌", "癌", "三组 12 号", "6222020200112233", "13806320000", "鲁D12345", "李桂兰",
            "张小雨",
            "因病",
        ]
        for secret in secrets { #expect(!page.contains(secret), "\(secret)") }
    }

    @Test func lettersMaskTheNumberAndNobodyPrintsTheAccount() throws {
        for code in DocumentCode.allCases {
            let world = try DocumentWorld.world(for: code)
            world.add("bank_account", ["number": .text("6222020200112233")])
            let page = try page(code, world)
            let isStatement = [.application, .authorisation, .commitment].contains(code)
            #expect(page.contains("11010519491231002X") == isStatement, "\(code)")
            #expect(!page.contains("6222020200112233"), "\(code)")
        }
    }

    @Test(arguments: [
        ("张三", "张*"), ("欧阳娜娜", "欧***"), ("张", "*"), ("", ""), ("买买提·阿不都", "买******"),
    ])
    func aNameIsMasked(name: String, masked: String) { #expect(Masking.name(name) == masked) }

    @Test func aNumberIsMasked() {
        #expect(Masking.identityNumber("11010519491231002X") == "1101**********002X")
        #expect(Masking.identityNumber("110105491231002") == "1101*******1002")
        #expect(Masking.identityNumber("12345678") == "********")
    }
}

/// What a record holds is text, whatever it is.
@Suite struct HostileDocumentTests {
    private static let names = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; DROP TABLE member; --", "&lt;b&gt;",
        "</td></table></style><style>*{display:none}", "张\u{202E}三\u{0000}\u{0007}\u{001B}[31m\u{200F}",
        String(repeating: "很长的名字", count: 12), "مرحبا", "{{name}} ${name} \\(name)",
    ]

    @Test(arguments: names) func aHostileNameIsText(name: String) throws {
        for code in DocumentCode.allCases {
            let plain = try DocumentWorld.world(for: code)
            let before = RenderedDocument(.of(code), of: try DocumentWorld.subject(plain), standing: .draft).html
            let world = try DocumentWorld.world(for: code)
            for record in world.records {
                guard let kind = AssistanceSchema.current.kind(record.kind) else { continue }
                let free = [
                    "name", "reason", "address", "basis", "text", "record", "summary", "where", "place", "proxy",
                ]
                for field in free where kind.field(field) != nil && !record.value(field, in: kind).isNull {
                    world.set(record.id, field, .text(name))
                }
            }
            let page = RenderedDocument(.of(code), of: try DocumentWorld.subject(world), standing: .draft).html
            #expect(tags(page) == tags(before), "\(code): the page has other markup")
            let isShown = page.unicodeScalars.allSatisfy { scalar in
                !(scalar.value < 0x20 && scalar != "\n" && scalar != "\t") && !(0x202A...0x202E).contains(scalar.value)
                    && scalar.value != 0x200F
            }
            #expect(isShown, "\(code): a control character is on the page")
        }
    }

    /// The markup alone: everything between `<` and `>`.
    private func tags(_ page: String) -> [String] {
        page.split(separator: "<", omittingEmptySubsequences: true).dropFirst().map { part in
            String(part.prefix { $0 != ">" })
        }
    }

    @Test func aPageTakesNothingFromOutsideAndRunsNothing() throws {
        for code in DocumentCode.allCases {
            let world = try DocumentWorld.world(for: code)
            let page = RenderedDocument(.of(code), of: try DocumentWorld.subject(world), standing: .draft).html
            #expect(page.contains("default-src 'none'") && page.contains("lang=\"zh-CN\""))
            for sign in ["<script", "http://", "https://", "url(", "@import", "javascript:", "<img", "<link"] {
                #expect(!page.contains(sign), "\(code): \(sign)")
            }
        }
    }
}

/// Amounts in words.
@Suite struct ChineseAmountTests {
    @Test(arguments: [
        (32_000, "叁佰贰拾元整"), (0, "零元整"), (1, "壹分"), (10, "壹角整"), (105, "壹元零伍分"), (103_050, "壹仟零叁拾元伍角整"),
        (1_000_000, "壹万元整"), (10_010_000, "壹拾万零壹佰元整"), (100_000_500, "壹佰万零伍元整"), (12_345_678, "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
        (10_000_000_000, "壹亿元整"), (10_000_000_100, "壹亿零壹元整"), (2_000_000, "贰万元整"), (1_100, "壹拾壹元整"),
    ])
    func anAmountIsWrittenOut(fen: Int64, words: String) { #expect(ChineseAmount.text(fen) == words) }
}

/// Completeness of a case's file (R18, R46).
@Suite struct CaseArchiveTests {
    private func archive(_ world: CaseWorld) throws -> CaseArchive { CaseArchive(try DocumentWorld.subject(world)) }

    private func missing(_ world: CaseWorld) throws -> [String] {
        try archive(world).items.filter { !$0.isPresent }.map { "\($0.rule.code) \($0.code)" }
    }

    private func issue(_ codes: [DocumentCode], in world: CaseWorld) {
        for code in codes { world.add("document", ["code": .text(code.rawValue), "serial": .text("1")]) }
    }

    @Test func anApplicationAloneIsComplete() throws {
        #expect(try missing(DocumentWorld.family(.dibao)).isEmpty)
    }

    @Test func anApprovedCaseNamesEachPaperThatIsMissingWithItsRule() throws {
        let world = try DocumentWorld.world(for: .approval)
        #expect(
            try missing(world) == [
                "R36 application_form", "R36 signatures", "R41 document_survey", "R41 document_acceptance",
                "R36 document_approval",
            ])
        issue([.application, .survey, .acceptance, .approval], in: world)
        let visit = try #require(world.records.first { $0.kind == "visit" })
        world.add("attachment", ["record": .text(visit.id.description), "kind": .text("signature")])
        #expect(try missing(world).isEmpty)
        #expect(try archive(world).isComplete)
        world.remove("check_report")
        #expect(try missing(world) == ["R64 check_report"])
    }

    /// What is filled in online needs no paper (R39).
    @Test func anOnlineApplicationNeedsNoPaper() throws {
        let world = try DocumentWorld.world(for: .approval)
        world.set(world.application, "channel", .text("online"))
        #expect(try !missing(world).contains { $0.contains("application_form") || $0.contains("signatures") })
    }

    @Test func aRejectionIsDelivered() throws {
        let world = try DocumentWorld.world(for: .rejection)
        let notice = world.add("notice", ["kind": .text("rejection"), "text": .text("收入超标")])
        try world.take("reject")
        #expect(try missing(world).contains("R42 document_rejection"))
        #expect(try missing(world).contains("R42 rejection_delivery"))
        issue([.rejection], in: world)
        world.set(notice, "delivered_on", world.day(0))
        #expect(try !missing(world).contains { $0.contains("R42") })
        #expect(try !archive(world).items.contains { $0.code == "posting" }, "nothing was posted")
    }

    @Test func aFailedCheckIsToldInWriting() throws {
        let world = DocumentWorld.family(.dibao)
        world.authorise()
        try world.take("authorise")
        try world.take("prepare")
        DocumentWorld.checked(world, "not_conforming")
        world.add("notice", ["kind": .text("check_failure"), "text": .text("车辆超标")])
        try world.take("fail_check")
        let open = try missing(world)
        #expect(open.contains("R28 document_rejection") && open.contains("R28 check_failure_delivery"))
        #expect(!open.contains { $0.contains("R42") || $0.contains("survey") })
    }

    @Test func everyItemHasAClassOfRetention() throws {
        let world = try DocumentWorld.world(for: .approval)
        let classes = Dictionary(grouping: try archive(world).items, by: \.retention).mapValues { $0.map(\.code) }
        #expect(classes[.permanent] == ["decision", "calculation", "document_approval"])
        #expect(classes[.years10] == ["document_acceptance"])
    }
}
