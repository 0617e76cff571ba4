import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// Claiming money back: the case is found by name or number, and its lines are ticked. Nobody types an id.
struct MoneyClaimPart {
    /// Cases that are listed of those that were found.
    private static let found = 20

    let request: ConsoleRequest
    let seq: Seq
    /// The case that was chosen, with the lines that stand.
    private let file: CaseFile?
    private let hits: [LedgerCase]

    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord`` for a case that is none.
    init(_ request: ConsoleRequest, seq: Seq, in console: Console, _ database: Database) throws {
        (self.request, self.seq) = (request, seq)
        file = try request.query["case"].map {
            try CaseReader(console.township, in: database).file($0, at: request.now)
        }
        let isAsked = request.query["text"]?.isEmpty == false
        let filter = try CasesFilter(request.query)
        hits = try isAsked ? console.township.ledger.snapshot { try $0.cases(filter.cases, limit: Self.found) } : []
    }

    static func link(_ application: RecordID) -> Link {
        Link("money", "recoveries", query: [("case", application.description)])
    }

    var body: HTML {
        Parts.panel(L("提出追回", "Claim money back"), id: "propose") {
            Tag.form(.action(Link("money", "recoveries")), .method(.get), .role("search")) {
                Parts.field(
                    "text", L("查找办件：姓名、户编号、拼音首字母", "Find the case: name, number, initials"),
                    value: request.query["text"] ?? "", key: "claim-", limit: 60)
                Tag.div(.class(.buttons)) { Tag.button(.type(.submit), text: L("查找", "Find")) }
            }
            if !hits.isEmpty {
                Tag.ul {
                    for hit in hits {
                        Tag.li { Parts.link(Self.name(hit), Self.link(hit.application)) }
                    }
                }
            }
            if let file { form(file) }
        }
    }

    private static func name(_ hit: LedgerCase) -> String {
        let who = (hit.applicant ?? hit.head)?.name ?? "-"
        return [
            who, hit.number ?? "", VillageNames.current.name(of: hit.village.code), hit.programme?.label.text() ?? "",
        ].filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    private func form(_ file: CaseFile) -> HTML {
        let lines = file.standingPayments
        guard !lines.isEmpty else { return Parts.note(L("这件没有有效的发放记录。", "No line of this case stands.")) }
        return Parts.form(Link("money", "recoveries", "propose"), request, seen: seq, submit: L("提出", "Propose")) {
            Tag.input(.type(.hidden), .name("application"), .value(file.application.record.id.description))
            Tag.fieldset {
                Tag.legend(text: L("多发的各笔", "Lines that paid too much"))
                for line in lines {
                    let text = "\(line.text("month") ?? "") \(MoneyPages.yuan(line.number("amount_fen") ?? 0))"
                    Tag.label {
                        Tag.input(.type(.checkbox), .name("lines"), .value(line.record.id.description))
                        text
                    }
                    " "
                }
            }
            Parts.select(
                "cause", L("原因", "Cause"),
                options: MoneyKinds.Cause.allCases.map { ($0.rawValue, $0.label.text()) }, key: "new-")
            MoneyParts.amount("amount", L("金额（元）", "Amount (yuan)"), key: "new-")
            MoneyParts.amount("instalment", L("每期金额（元）", "Each instalment (yuan)"), key: "new-", isRequired: false)
            Parts.reason(key: "new-")
        }
    }
}
