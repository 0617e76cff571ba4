import Markup
package import SyncEngine

/// The documents of DOMAIN section 8, by the codes under which a policy pack names them.
package enum DocumentCode: String, Sendable, CaseIterable {
    case application, authorisation, commitment, acceptance, survey, approval, rejection, adjustment
    case publicNotice = "public_notice"
    case democraticReview = "democratic_review"
    case reliefReceipt = "relief_receipt"
    case leaflet

    /// As the document of 2020 calls it; a pack may call it otherwise.
    package var title: String {
        switch self {
        case .application: "低保申请表"
        case .authorisation: "授权委托书"
        case .commitment: "守信承诺书"
        case .acceptance: "受理通知书"
        case .survey: "入户调查表"
        case .approval: "审批表"
        case .rejection: "低保申请不予批准告知书"
        case .adjustment: "低保金调整（停发）告知书"
        case .publicNotice: "公示单"
        case .democraticReview: "民主评议记录"
        case .reliefReceipt: "先行救助单"
        case .leaflet: "社会救助政策明白纸"
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` that lists the codes.
    package init(parsing text: String) throws {
        guard let known = DocumentCode(rawValue: text) else {
            let codes = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .badValue, text,
                explanation: Label(zh: "没有这种文书；可用：\(codes)", en: "There is no such document; known: \(codes)"))
        }
        self = known
    }
}

/// A document as all townships of the district make it (R41): code of this program, so that nobody changes it at an
/// office; its version and hash are kept with everything that was issued.
package struct DocumentTemplate: Sendable {
    package let code: DocumentCode
    /// Grows with every change of what it prints; a test holds it to its hash.
    package let version: Int
    /// In serial numbers.
    package let initials: String
    /// A form that a station may print too, to be filled in and signed by hand. It may be printed empty.
    package let isForm: Bool
    /// What must be on record before it is issued.
    package let needs: [Guard]
    let isOf: @Sendable (CaseMachine) -> Bool
    let body: @Sendable (DocumentSubject) -> [HTML]

    init(
        _ code: DocumentCode, version: Int, _ initials: String, isForm: Bool = false, needs: [Guard] = [],
        isOf: @escaping @Sendable (CaseMachine) -> Bool = { _ in true },
        body: @escaping @Sendable (DocumentSubject) -> [HTML]
    ) {
        self.code = code
        self.version = version
        self.initials = initials
        self.isForm = isForm
        self.needs = needs
        self.isOf = isOf
        self.body = body
    }

    package static func of(_ code: DocumentCode) -> DocumentTemplate {
        all.first { $0.code == code }!  // a test holds that every code has one
    }

    /// Those that a case of this programme can have.
    package static func all(of programme: Programme) -> [DocumentTemplate] {
        all.filter { $0.isOf(CaseMachine.of(programme)) }
    }

    /// 低保申请表; of another programme by its name, as 特困人员救助供养申请表.
    package func title(in subject: DocumentSubject) -> String {
        Self.title(code, pack: subject.pack, programme: subject.programme)
    }

    package static func title(_ code: DocumentCode, pack: PolicyPack, programme: Programme?) -> String {
        let title = pack.documents.first { $0.code == code.rawValue }?.label.zh ?? code.title
        guard let programme, programme != .dibao else { return title }
        if title.hasPrefix("低保金") { return programme.title + "待遇" + title.dropFirst(3) }
        return title.hasPrefix("低保") ? programme.title + title.dropFirst(2) : title
    }

    /// `application@1`: how a record of what was issued names it.
    package var name: String { "\(code.rawValue)@\(version)" }

    /// SHA-256 of the document made of the specimen: the same at every office.
    package var hash: Hash256 { Hash256(of: Array(DocumentPage.html(self, of: .specimen, standing: .draft).utf8)) }
}

/// The table: what each is needed for and when it may be issued.
extension DocumentTemplate {
    package static let all: [DocumentTemplate] = [
        DocumentTemplate(.application, version: 1, "SQ", isForm: true, body: DocumentBodies.application),
        DocumentTemplate(
            .authorisation, version: 1, "WT", isForm: true, isOf: \.needsAuthorisation,
            body: DocumentBodies.authorisation),
        DocumentTemplate(.commitment, version: 2, "CN", isForm: true, body: DocumentBodies.commitment),
        DocumentTemplate(
            .acceptance, version: 2, "SL", needs: [.accepted], isOf: { $0.states.contains(.accepted) },
            body: DocumentBodies.acceptance),
        DocumentTemplate(
            .survey, version: 1, "DC", isForm: true, needs: [.surveyed], isOf: { $0.states.contains(.accepted) },
            body: DocumentBodies.survey),
        DocumentTemplate(.approval, version: 2, "SP", needs: [.decided], body: DocumentBodies.approval),
        DocumentTemplate(
            .rejection, version: 1, "BP", needs: [.rejectionDecided, .orCheckFailed],
            isOf: { $0.states.contains(.rejected) }, body: DocumentBodies.rejection),
        DocumentTemplate(
            .adjustment, version: 2, "TZ", needs: [.changeDecided], isOf: { $0.states.contains(.stopped) },
            body: DocumentBodies.adjustment),
        DocumentTemplate(
            .publicNotice, version: 1, "GS", needs: [.decidedToPublish, .posted, .hotlinePrinted],
            isOf: { $0.states.contains(.publicised) }, body: DocumentBodies.publicNotice),
        DocumentTemplate(
            .democraticReview, version: 1, "PY", needs: [.reviewHeld],
            isOf: { $0.states.contains(.democraticReview) }, body: DocumentBodies.democraticReview),
        DocumentTemplate(
            .reliefReceipt, version: 2, "JZ", needs: [.reasonGiven, .reliefRecorded],
            isOf: { $0.states.contains(.relieved) }, body: DocumentBodies.reliefReceipt),
        DocumentTemplate(.leaflet, version: 2, "MB", isForm: true, body: DocumentBodies.leaflet),
    ]
}

/// What documents need besides what steps need.
extension Guard {
    static let accepted = Guard(27, zh: "还没有受理", en: "the application has not been accepted") {
        $0.lastMove(["accept"]) != nil
    }
    static let decided = Guard(15, zh: "缺写明依据和签字人的审批决定", en: "no decision with basis and signatories") { file in
        file.all("decision").last.map { isWritten($0) } ?? false
    }
    static let rejectionDecided = Guard(
        42, zh: "缺写明依据和签字人的不予批准决定", en: "no decision to reject with basis and signatories"
    ) { isRejected($0) || hasFailedCheck($0) }
    static let orCheckFailed = Guard(
        28, zh: "也没有结论为不符合并写明理由的核对报告", en: "nor a check report that does not conform and says why"
    ) { isRejected($0) || hasFailedCheck($0) }
    static let changeDecided = Guard(
        43, zh: "缺写明依据和签字人的调整（停发）决定", en: "no decision to adjust or stop with basis and signatories"
    ) { file in
        file.all("decision").last.map { ["adjusted", "stopped"].contains($0.text("result")) && isWritten($0) } ?? false
    }
    static let decidedToPublish = Guard(31, zh: "还没有批准，不能公示", en: "nothing is approved that could be posted") { file in
        file.all("decision").last.map { ["approved", "adjusted"].contains($0.text("result")) && isWritten($0) } ?? false
    }
    static let reviewHeld = Guard(30, zh: "没有因异议开展的民主评议", en: "no democratic review was held on an objection") {
        !$0.all("democratic_review").isEmpty
    }
    static let reliefRecorded = Guard(34, zh: "缺先行救助的发放记录", en: "no relief is on record") { file in
        file.all("payment").contains { ($0.number("amount_fen") ?? 0) > 0 }
    }

    private static func isWritten(_ decision: Linked) -> Bool {
        decision.text("basis") != nil && !decision.elements("signatories").isEmpty
    }

    private static func isRejected(_ file: CaseFile) -> Bool {
        file.all("decision").last.map { $0.text("result") == "rejected" && isWritten($0) } ?? false
    }

    private static func hasFailedCheck(_ file: CaseFile) -> Bool {
        guard file.all("decision").isEmpty, let report = file.all("check_report").last else { return false }
        return report.text("verdict") == "not_conforming" && report.text("reasons") != nil
    }
}
