package import SyncEngine

/// How long a paper is kept (R46): the classes of 国家档案局令第8号. Which paper is of which class is our own choice [P].
package enum Retention: String, Sendable, CaseIterable {
    case permanent
    case years30 = "30_years"
    case years10 = "10_years"

    package var label: Label {
        switch self {
        case .permanent: Label(zh: "永久", en: "permanent")
        case .years30: Label(zh: "定期30年", en: "30 years")
        case .years10: Label(zh: "定期10年", en: "10 years")
        }
    }
}

/// What the file of a case must hold, for its programme and as far as it has come (R18, R46).
package struct CaseArchive: Sendable {
    /// One thing in the file.
    package struct Item: Sendable {
        package let code: String
        package let label: Label
        package let rule: CaseRule
        package let retention: Retention
        /// What is there; empty while it is missing.
        package let evidence: [Evidence]

        package var isPresent: Bool { !evidence.isEmpty }
    }

    /// What shows that an item is there: a record, a file, a document that was issued.
    package enum Evidence: Hashable, Sendable {
        case record(kind: String, RecordID)
        case attachment(RecordID)
        case document(serial: String, RecordID)
    }

    package let items: [Item]
    /// The case has not come to its decision's effect: more will be due.
    package let isUnderWay: Bool
    /// Everything is there that is due by now.
    package var isComplete: Bool { items.allSatisfy(\.isPresent) }

    /// Only a case that has run its course has a complete file.
    package var verdict: Label {
        let missing = items.count { !$0.isPresent }
        if missing > 0 { return Label(zh: "缺 \(missing) 项", en: "\(missing) missing") }
        return isUnderWay
            ? Label(zh: "到这一步应有的 \(items.count) 项都在", en: "the \(items.count) that are due so far are there")
            : Label(zh: "档案齐全", en: "the file is complete")
    }

    package init(_ subject: DocumentSubject) {
        guard let file = subject.file else {
            items = []
            isUnderWay = false
            return
        }
        isUnderWay =
            file.lastMove(["take_effect", "confirm", "reject", "fail_check", "revoke", "withdraw", "archive"]) == nil
        items = ArchiveRow.all.filter { $0.isDue(file) }.map { row in
            Item(
                code: row.code, label: row.label, rule: CaseRule(row.rule), retention: row.retention,
                evidence: row.find(subject, file))
        }
    }
}

/// A row of the table: which paper, when it is due, and where it is found.
private struct ArchiveRow: Sendable {
    typealias Find = @Sendable (DocumentSubject, CaseFile) -> [CaseArchive.Evidence]

    let code: String
    let label: Label
    let rule: Int
    let retention: Retention
    let isDue: @Sendable (CaseFile) -> Bool
    let find: Find

    init(
        _ code: String, _ zh: String, _ en: String, rule: Int, _ retention: Retention,
        due isDue: @escaping @Sendable (CaseFile) -> Bool, find: @escaping Find
    ) {
        self.code = code
        label = Label(zh: zh, en: en)
        self.rule = rule
        self.retention = retention
        self.isDue = isDue
        self.find = find
    }

    static let all: [ArchiveRow] = application + decision + publicity + changes + relief

    private static let application: [ArchiveRow] = [
        ArchiveRow("application", "救助申请", "Application", rule: 44, .years30, due: { _ in true }) { _, file in
            file.application.day("applied_at") == nil ? [] : [evidence(file.application)]
        },
        // What is filled in online needs no paper (R39).
        ArchiveRow(
            "application_form", "申请表（编号或签字件）", "Application form, numbered or signed", rule: 36, .years30,
            due: { hasBegun($0) && $0.application.text("channel") != "online" }
        ) { subject, file in
            documents(.application, file) + subject.attached(to: [file.application])
        },
        ArchiveRow(
            "authorisation", "授权委托书", "Authorisation", rule: 25, .years30, due: { needsPapers($0) && hasBegun($0) }
        ) { _, file in
            records(file.all("authorisation").filter { $0.text("signer") != nil && $0.day("signed_at") != nil })
        },
        ArchiveRow(
            "commitment", "守信承诺书", "Commitment", rule: 60, .years30, due: { needsPapers($0) && hasBegun($0) }
        ) { _, file in records(file.all("commitment").filter { $0.text("signer") != nil && $0.day("signed_at") != nil })
        },
        ArchiveRow(
            "signatures", "授权、承诺或入户调查的签字件", "Signed papers", rule: 36, .years30,
            due: { needsPapers($0) && isPast("accept", $0) && $0.application.text("channel") != "online" }
        ) { subject, file in
            let papers =
                file.all("authorisation") + file.all("commitment") + file.household.filter { $0.kind.name == "visit" }
            return subject.attached(to: papers)
        },
        ArchiveRow(
            "check_report", "经济状况核对报告", "Check report", rule: 64, .years30,
            due: { isPast("accept", $0) || isPast("fail_check", $0) }
        ) { _, file in records(file.all("check_report")) },
        ArchiveRow("survey", "入户调查", "Household survey", rule: 19, .years30, due: { isPast("accept", $0) }) { _, file in
            records(
                file.household.filter {
                    $0.kind.name == "visit" && $0.elements("surveyors").count >= CaseFile.surveyors
                })
        },
        numbered(.survey, rule: 41, .years30) { isPast("accept", $0) },
        numbered(.acceptance, rule: 41, .years10) { isPast("accept", $0) },
    ]

    private static let decision: [ArchiveRow] = [
        ArchiveRow(
            "decision", "审批决定（依据、签字人）", "Decision with basis and signatories", rule: 15, .permanent, due: isDecided
        ) { _, file in
            records(file.all("decision").filter { $0.text("basis") != nil && !$0.elements("signatories").isEmpty })
        },
        ArchiveRow(
            "calculation", "金额核算", "Calculation", rule: 15, .permanent,
            due: { isPast("approve", $0) || isPast("adjust", $0) || isPast("confirm", $0) }
        ) { _, file in
            records(file.all("decision").filter { $0.text("calculation") != nil })
        },
        numbered(.approval, rule: 36, .permanent, due: isDecided),
        numbered(.rejection, rule: 42, .years30) { isPast("reject", $0) },
        ArchiveRow(
            "rejection_delivery", "不予批准告知书送达", "Delivery of the rejection", rule: 42, .years30,
            due: { isPast("reject", $0) }
        ) { _, file in records(delivered(file, "rejection")) },
        numbered(.rejection, rule: 28, .years30) { isPast("fail_check", $0) },
        ArchiveRow(
            "check_failure_delivery", "核对不符告知书送达", "Delivery of the reasons", rule: 28, .years30,
            due: { isPast("fail_check", $0) }
        ) { _, file in records(delivered(file, "check_failure")) },
    ]

    private static let publicity: [ArchiveRow] = [
        numbered(.publicNotice, rule: 31, .years10) { isPast("publicise", $0) },
        ArchiveRow(
            "posting", "公示张贴凭证", "Evidence of posting", rule: 21, .years10, due: { isPast("publicise", $0) }
        ) { _, file in
            records(file.all("notice").filter { !$0.elements("posted_evidence").isEmpty })
        },
        ArchiveRow(
            "removal", "公示撤除凭证", "Evidence of removal", rule: 21, .years10,
            due: { isPast("take_effect", $0) || isPast("archive", $0) }
        ) { _, file in
            records(file.all("notice").filter { !$0.elements("removed_evidence").isEmpty })
        },
        ArchiveRow(
            "democratic_review_record", "民主评议", "Democratic review", rule: 32, .years30,
            due: { !$0.all("objection").isEmpty && isPast("object", $0) }
        ) { _, file in records(file.all("democratic_review")) },
        numbered(.democraticReview, rule: 32, .years30) { !$0.all("democratic_review").isEmpty },
        ArchiveRow("account", "发放账户", "Account", rule: 14, .years10, due: { isPast("pay", $0) }) { _, file in
            records(file.household.filter { $0.kind.name == "bank_account" && $0.text("number") != nil })
        },
    ]

    private static let changes: [ArchiveRow] = [
        numbered(.adjustment, rule: 43, .years30, due: isChanged),
        ArchiveRow(
            "adjustment_delivery", "调整（停发）告知书送达", "Delivery of the change", rule: 43, .years30, due: isChanged
        ) { _, file in records(delivered(file, "adjustment")) },
        ArchiveRow(
            "breach", "超期说明", "Supervisor's note on a breach", rule: 47, .years30,
            due: { $0.clocks.contains(where: \.isBreached) }
        ) { _, file in records(file.all("supervisor_note")) },
    ]

    private static let relief: [ArchiveRow] = [
        ArchiveRow(
            "relief_payment", "先行救助签收凭证", "Receipt of relief", rule: 34, .permanent, due: { isPast("relieve", $0) }
        ) { _, file in records(file.all("payment").filter { $0.text("receipt") != nil }) },
        numbered(.reliefReceipt, rule: 34, .permanent) { isPast("relieve", $0) },
    ]

    // MARK: - Conditions and evidence

    private static func numbered(
        _ code: DocumentCode, rule: Int, _ retention: Retention, due: @escaping @Sendable (CaseFile) -> Bool
    ) -> ArchiveRow {
        ArchiveRow(
            "document_\(code.rawValue)", "《\(code.title)》（编号）", "\(code.rawValue) with its serial number", rule: rule,
            retention,
            due: due
        ) { _, file in documents(code, file) }
    }

    @Sendable private static func isPast(_ move: String, _ file: CaseFile) -> Bool { file.lastMove([move]) != nil }
    @Sendable private static func hasBegun(_ file: CaseFile) -> Bool { !file.moves.isEmpty }
    @Sendable private static func needsPapers(_ file: CaseFile) -> Bool { file.machine?.needsAuthorisation == true }

    @Sendable private static func isDecided(_ file: CaseFile) -> Bool {
        file.lastMove(["approve", "reject", "confirm", "sign_off", "adjust"]) != nil
    }

    @Sendable private static func isChanged(_ file: CaseFile) -> Bool {
        file.lastMove(["adjust", "stop", "enter_grace"]) != nil
    }

    private static func delivered(_ file: CaseFile, _ kind: String) -> [Linked] {
        file.all("notice").filter { $0.text("kind") == kind && $0.day("delivered_on") != nil }
    }

    private static func evidence(_ linked: Linked) -> CaseArchive.Evidence {
        .record(kind: linked.kind.name, linked.record.id)
    }

    private static func records(_ found: [Linked]) -> [CaseArchive.Evidence] { found.map(evidence) }

    private static func documents(_ code: DocumentCode, _ file: CaseFile) -> [CaseArchive.Evidence] {
        file.issued(code).map { .document(serial: $0.text("serial") ?? "", $0.record.id) }
    }
}

extension DocumentSubject {
    fileprivate func attached(to papers: [Linked]) -> [CaseArchive.Evidence] {
        let ids = Set(papers.map(\.record.id))
        return attachments.filter { $0.value("record").recordID.map(ids.contains) ?? false }
            .map { .attachment($0.record.id) }
    }
}

extension CaseFile {
    /// What was issued of a document, the older first.
    package func issued(_ code: DocumentCode) -> [Linked] {
        all(DocumentRecord.kindName).filter { $0.text("code") == code.rawValue }
    }
}
