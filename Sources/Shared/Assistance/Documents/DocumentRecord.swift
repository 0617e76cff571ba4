package import SyncEngine

/// What was issued: which document of which template under which number, and its hash, so that a sheet that somebody
/// brings can be proved (R41, R46, R47). Made by `ruhu-server document print` alone.
package enum DocumentRecord {
    package static let kindName = "document"

    package static let kind = KindSchema(
        kindName, label: Label(zh: "文书", en: "Document"),
        parents: [ParentField("application", kind: "application")], isAppendOnly: true, searchFields: ["serial"],
        lookupFields: ["serial"],
        recordRule: { fields, _ in
            ["application", "code", "serial", "template_hash", "content", "sha256"]
                .filter { fields[$0]?.isNull ?? true }.map { name in
                    Finding(
                        field: name,
                        Label(zh: "文书由 ruhu-server document print 出具", en: "ruhu-server document print makes documents")
                    )
                }
        },
        fields: [
            desk("application", .reference, .im, "所属申请", "Application"),
            desk("code", .text, .im, "文书", "Code", Rules.codes(codes)),
            desk("serial", .text, .im, "编号", "Serial number", Rules.text(64)),
            desk("title", .text, .im, "名称", "Title", Rules.text(100)),
            desk("template", .text, .im, "模板", "Template", Rules.text(64)),
            desk("template_hash", .text, .im, "模板校验", "Hash of the template", Rules.sha256),
            desk("pack", .text, .im, "政策包", "Policy pack", Rules.text(64)),
            desk("content", .text, .im, "内容校验", "Hash of the content without its number", Rules.sha256),
            desk("sha256", .text, .im, "文件校验", "SHA-256 of the file", Rules.sha256),
            desk("issued_on", .date, .im, "出具日期", "Issued on"),
            desk("issued_by", .text, .im, "出具人", "Issued by", Rules.text(64)),
            desk("printed", .int64, .tw, "打印次数", "Times printed", Rules.notNegative),
        ])

    private static let codes = Dictionary(
        uniqueKeysWithValues: DocumentCode.allCases.map { ($0.rawValue, $0.title) })

    private static func desk(
        _ name: String, _ type: ValueType, _ policy: MergePolicy, _ zh: String, _ en: String, _ rule: Rule? = nil
    ) -> FieldSchema {
        FieldSchema(name, type, policy, .personal, Label(zh: zh, en: en), rule: rule, isDeskOnly: true)
    }
}

/// `370404101-BP-2026-7KQ2-0001`: township, document, year, history of the server, number. A restored server begins a
/// new history and so another row of numbers (DESIGN section 4, Restore): no number is given twice.
package struct DocumentSerial: Hashable, Sendable, CustomStringConvertible {
    /// What the counter belongs to: everything but the number.
    package let series: String
    package let number: UInt64

    package init(_ template: DocumentTemplate, region: Scope, year: Int, epoch: EpochID, number: UInt64) {
        series = "\(region.code)-\(template.initials)-\(year)-\(Self.mark(epoch))"
        self.number = number
    }

    package var description: String {
        let digits = String(number)
        return series + "-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// Four letters of the random part of a history's id, none of which looks like another.
    private static func mark(_ epoch: EpochID) -> String {
        String((0..<4).map { letters[Int(epoch.low >> (5 * UInt64($0)) & 31)] })
    }
}

/// A document that was made, as text.
package struct RenderedDocument: Sendable {
    package let html: String

    init(html: String) { self.html = html }

    package init(_ template: DocumentTemplate, of subject: DocumentSubject, standing: DocumentStanding) {
        html = DocumentPage.html(template, of: subject, standing: standing)
    }

    package var hash: Hash256 { Hash256(of: Array(html.utf8)) }
}

extension DocumentTemplate {
    /// What is missing before it is issued for this case.
    package func missing(in file: CaseFile) -> [Guard] { needs.filter { !$0.isMet(file) } }

    /// - Throws: ``Problem`` ``Problem/Code/refusedMove`` with each rule that is not met.
    package func check(_ file: CaseFile, pack: PolicyPack) throws {
        let title = Self.title(code, pack: pack, programme: file.programme)
        let act = Label(zh: "出具\(title)", en: "issue the \(code.rawValue)")
        guard let programme = file.programme, Self.all(of: programme).contains(where: { $0.code == code }) else {
            let zh = file.programme.map { "“\($0.title)”没有这种文书" } ?? "申请没有写明救助项目"
            let en =
                file.programme.map { "\($0.label.en) has no such document" } ?? "the application names no programme"
            throw Refusal(move: act, reasons: [.init(CaseRule(41), Label(zh: zh, en: en))]).problem
        }
        let missing = missing(in: file)
        guard missing.isEmpty else {
            throw Refusal(move: act, reasons: missing.map { .init($0.rule, $0.needs) }).problem
        }
    }
}
