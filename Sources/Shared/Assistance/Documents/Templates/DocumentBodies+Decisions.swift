import Markup
import SyncEngine

/// What the township answers: acceptance, approval and the letters.
extension DocumentBodies {
    private static func address(_ subject: DocumentSubject) -> HTML {
        .p(.fill(subject.applicant?.text("name")), "：", style: .note)
    }

    private static func whoAndWhat(_ subject: DocumentSubject) -> FormTable {
        var table = FormTable()
        table.add(
            ("申请人", subject.applicant?.text("name")),
            ("身份证号", subject.applicant?.text("id_number").map(Masking.identityNumber)), columns: 4)
        table.add(
            ("救助项目", subject.programme?.title), ("申请日期", subject.appliedOn?.chinese), columns: 4)
        table.add(("家庭住址", subject.address), ("保障人数", "\(subject.persons) 人"), columns: 4)
        return table
    }

    /// 受理通知书 (R27, R33).
    @Sendable static func acceptance(_ subject: DocumentSubject) -> [HTML] {
        let accepted = subject.file?.lastMove(["accept"])?.day
        var table = whoAndWhat(subject)
        table.add(
            ("核对报告", subject.reportNumber), ("核对结论", subject.report?.meaning("verdict")), columns: 4)
        table.add(
            ("入户调查", subject.visit?.day("when")?.chinese),
            ("调查人", subject.visit?.elements("surveyors").joined(separator: "、")), columns: 4)
        let due = subject.file?.clocks.first { $0.rule.name == .decision }?.deadline
        let term =
            due.map { "我们将在 \($0.term.label.zh)内作出审批决定，最迟 \($0.due.day.chinese)。" } ?? "我们将按规定的时限作出审批决定。"
        return [
            address(subject),
            .section(
                nil,
                [
                    .p(
                        "你（户）提出的", .fill(subject.programme?.title), "申请，材料齐全，经家庭经济状况核对和入户调查，符合受理条件，现于",
                        .fill(accepted?.chinese), "予以受理。"),
                    .p(.text(term + "审批结果在你所在的村（居）公示。办理中不需要你另行补交能够通过信息共享获取的证明。")),
                ]),
            table.html, .section(nil, [.p(.text(subject.basis("authority", "check_first") + "。"))]),
            DocumentParts.seal(subject, on: accepted), DocumentParts.delivery(),
        ]
    }

    /// 审批表 (R12, R15, R36, R64). Identity numbers are masked.
    @Sendable static func approval(_ subject: DocumentSubject) -> [HTML] {
        let decision = subject.decision
        let table = whoAndWhat(subject)
        var checked = FormTable()
        checked.add(
            ("核对报告", subject.reportNumber), ("结论", subject.report?.meaning("verdict")),
            ("有效期至", subject.report?.day("valid_to")?.description))
        checked.add(
            ("核对人数", subject.report.map { "\($0.elements("members").count) 人" }),
            ("入户调查", subject.visit?.day("when")?.chinese),
            ("调查人", subject.visit?.elements("surveyors").joined(separator: "、")))
        var result = FormTable()
        result.add(
            ("审批结果", decision?.meaning("result")),
            ("金额", decision?.number("amount_fen").map { "\(Yuan.text($0)) \(subject.amountUnit)" }), columns: 4)
        if let fen = decision?.number("amount_fen"), fen >= 0 {
            result.add(("金额（大写）", "人民币" + ChineseAmount.text(fen)), columns: 4)
        }
        result.add(("依据和意见", decision?.text("basis")), columns: 4)
        result.add(("政策依据", subject.basis("authority", "check_first")), columns: 4)
        result.add(
            ("决定日期", decision?.day("decided_on")?.chinese),
            ("签字人", decision?.elements("signatories").joined(separator: "、")), columns: 4)
        return [
            .h2("申请情况"), table.html, DocumentParts.members(subject, isFull: false, hasHealth: false),
            .h2("核对和调查"), checked.html, DocumentParts.calculation(subject), .h2("审批意见"), result.html,
            .section(
                .seal, [DocumentParts.signatures("经办人", "审核人", "审批人（镇街负责人）"), DocumentParts.seal(subject)]),
        ]
    }

    private static let remedy =
        "如不服本决定，可以自收到之日起六十日内依法申请行政复议，或者自收到之日起六个月内依法提起行政诉讼；情况发生变化后，可以重新申请。"

    /// 不予批准告知书 (R42), and the letter on a check that failed (R28).
    @Sendable static func rejection(_ subject: DocumentSubject) -> [HTML] {
        let isDecided = subject.decision?.text("result") == "rejected"
        let reasons = isDecided ? subject.decision?.text("basis") : subject.report?.text("reasons")
        let on = isDecided ? subject.decision?.day("decided_on") : subject.report?.day("issued_on")
        var table = FormTable()
        table.add(("理由", reasons), columns: 2)
        table.add(("政策依据", subject.basis("authority", "rejection")), columns: 2)
        return [
            address(subject),
            .section(
                nil,
                [
                    .p(
                        "你（户）于", .fill(subject.appliedOn?.chinese), "提出的", .fill(subject.programme?.title),
                        isDecided
                            ? "申请，经审核审批，不符合规定的条件，决定不予批准。现将理由告知如下："
                            : "申请，经家庭经济状况核对，不符合规定的条件，不再进入审核审批。现将理由告知如下：")
                ]), table.html, .section(nil, [.p(.text(remedy))]), DocumentParts.seal(subject, on: on),
            DocumentParts.delivery(),
        ]
    }

    /// 低保金调整（停发）告知书 (R43).
    @Sendable static func adjustment(_ subject: DocumentSubject) -> [HTML] {
        let decision = subject.decision
        let isStop = decision?.text("result") == "stopped"
        let after = isStop ? 0 : decision?.number("amount_fen") ?? 0
        var table = whoAndWhat(subject)
        table.add(
            ("原金额", "\(Yuan.text(subject.earlierAmount)) \(subject.amountUnit)"),
            ("调整后金额", isStop ? "停发" : "\(Yuan.text(after)) \(subject.amountUnit)"), columns: 4)
        table.add(("理由", decision?.text("basis")), columns: 4)
        table.add(("政策依据", subject.basis("authority")), columns: 4)
        return [
            address(subject),
            .section(
                nil,
                [
                    .p(
                        "经动态复核，决定自本告知书送达后的次月起，对你（户）享受的", .fill(subject.programme?.title),
                        isStop ? "予以停发。" : "金额作如下调整。")
                ]), table.html, DocumentParts.calculation(subject), .section(nil, [.p(.text(remedy))]),
            DocumentParts.seal(subject, on: decision?.day("decided_on")), DocumentParts.delivery(),
        ]
    }
}
