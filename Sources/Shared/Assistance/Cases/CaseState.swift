package import SyncEngine

/// Where a case stands (DOMAIN section 3).
package enum CaseState: String, Sendable, CaseIterable {
    case intent, authorised, preparing
    case checkFailed = "check_failed"
    case accepted
    case inReview = "in_review"
    case abilityAssessed = "ability_assessed"
    case approved, rejected, publicised, objected
    case democraticReview = "democratic_review"
    case upheld, revoked, effective
    case inPayment = "in_payment"
    case recheckDue = "recheck_due"
    case adjusted, grace, stopped, withdrawn
    // 急难型
    case reported, relieved, registered
    case signedOff = "signed_off"
    case archived
    // 老年人补贴
    case candidate, confirmed
    case aliveCheckDue = "alive_check_due"
    case suspended
    // 残疾人两项补贴
    case applied
    case certificateVerified = "certificate_verified"

    package var label: Label {
        switch self {
        case .intent: Label(zh: "已登记申请", en: "recorded")
        case .authorised: Label(zh: "已授权", en: "authorised")
        case .preparing: Label(zh: "核对、调查、填表", en: "preparing")
        case .checkFailed: Label(zh: "核对不符", en: "check failed")
        case .accepted: Label(zh: "已受理", en: "accepted")
        case .inReview: Label(zh: "审核中", en: "in review")
        case .abilityAssessed: Label(zh: "已评估自理能力", en: "ability assessed")
        case .approved: Label(zh: "已批准", en: "approved")
        case .rejected: Label(zh: "不予批准", en: "rejected")
        case .publicised: Label(zh: "公示中", en: "publicised")
        case .objected: Label(zh: "有异议", en: "objected")
        case .democraticReview: Label(zh: "民主评议", en: "democratic review")
        case .upheld: Label(zh: "评议维持", en: "upheld")
        case .revoked: Label(zh: "评议撤销", en: "revoked")
        case .effective: Label(zh: "已生效", en: "effective")
        case .inPayment: Label(zh: "发放中", en: "in payment")
        case .recheckDue: Label(zh: "待复核", en: "recheck due")
        case .adjusted: Label(zh: "已调整", en: "adjusted")
        case .grace: Label(zh: "渐退期", en: "grace")
        case .stopped: Label(zh: "已停发", en: "stopped")
        case .withdrawn: Label(zh: "已撤回", en: "withdrawn")
        case .reported: Label(zh: "已报告", en: "reported")
        case .relieved: Label(zh: "已先行救助", en: "relieved")
        case .registered: Label(zh: "已登记", en: "registered")
        case .signedOff: Label(zh: "已签字盖章", en: "signed off")
        case .archived: Label(zh: "已归档", en: "archived")
        case .candidate: Label(zh: "候选", en: "candidate")
        case .confirmed: Label(zh: "已确认", en: "confirmed")
        case .aliveCheckDue: Label(zh: "待生存认证", en: "alive check due")
        case .suspended: Label(zh: "暂停发放", en: "suspended")
        case .applied: Label(zh: "已申请", en: "applied")
        case .certificateVerified: Label(zh: "残疾人证已核", en: "certificate verified")
        }
    }

    /// The benefit is granted: other programmes that depend on it may rely on it (R2).
    package var isInForce: Bool {
        switch self {
        case .effective, .inPayment, .recheckDue, .aliveCheckDue, .adjusted, .grace: true
        default: false
        }
    }

    /// Its monthly roll has a line for it. Relief is paid once, from its taking effect on.
    var isPaid: Bool { isInForce && self != .effective }
}

/// Who acts. A district supervises and cannot approve (R1, R3).
package enum Role: String, Sendable, CaseIterable {
    case clerk, reviewer, leader, district, auditor

    package var label: Label {
        switch self {
        case .clerk: Label(zh: "镇街经办人", en: "township clerk")
        case .reviewer: Label(zh: "镇街审核人", en: "township reviewer")
        case .leader: Label(zh: "镇街负责人", en: "township leader")
        case .district: Label(zh: "区级监督", en: "district supervisor")
        case .auditor: Label(zh: "审计", en: "auditor")
        }
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    package init(parsing text: String) throws {
        guard let role = Role(rawValue: text) else {
            throw Problem(
                .badValue, text,
                explanation: Label(
                    zh: "职责是 clerk、reviewer、leader、district 或 auditor",
                    en: "A role is clerk, reviewer, leader, district or auditor"))
        }
        self = role
    }

    /// Whether this role may do what `needed` may.
    package func covers(_ needed: Role) -> Bool {
        switch self {
        case .leader: [.leader, .reviewer, .clerk].contains(needed)
        case .reviewer: [.reviewer, .clerk].contains(needed)
        case .clerk, .district, .auditor: self == needed
        }
    }
}
