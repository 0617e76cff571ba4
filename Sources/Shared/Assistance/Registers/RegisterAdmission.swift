package import SyncEngine

/// What the township asks before it applies a set that closes a matter of a register, or decides one. What is refused
/// comes back to its author with the rule.
package enum RegisterAdmission {
    static let rule = Admission(kinds: Set(closings.map(\.kind) + ["dishonesty"])) { proposal in
        for mutation in proposal.mutations where !mutation.after.isDeleted {
            guard let record = Linked(mutation.after) else { continue }
            for closing in closings where closing.kind == record.kind.name { try closing.check(record) }
            if record.kind.name == "dishonesty" {
                try checkGrounds(of: mutation)
                try checkDishonesty(record)
            }
            if record.kind.name == "sampled_household" { try checkDay(of: record, in: proposal) }
        }
    }

    /// A field that ends a matter, and what must be on record with it.
    private struct Closing {
        let kind: String
        let field: String
        let needs: [String]
        let rule: Int
        let act: Label

        /// - Throws: ``Problem`` ``Problem/Code/refusedMove``.
        func check(_ record: Linked) throws {
            let missing = missing(in: record.kind) { record.value($0) }
            if !missing.isEmpty { throw Refusal(move: act, reasons: missing.map(\.reason)).problem }
        }

        func missing(in kind: KindSchema, _ value: (String) -> Value) -> [(field: String, reason: Refusal.Reason)] {
            guard !value(field).isNull else { return [] }
            return needs.filter { value($0).isNull }.compactMap { name in
                kind.field(name).map { field in
                    let text = Label(zh: "缺少“\(field.label.zh)”", en: "missing: \(field.label.en)")
                    return (name, Refusal.Reason(CaseRule(rule), text))
                }
            }
        }
    }

    /// What an entry with these values lacks to be closed as it says, by field: what a refusal is shown beside.
    package static func missing(
        in kind: KindSchema, _ value: (String) -> Value
    ) -> [(field: String, reason: Refusal.Reason)] {
        closings.filter { $0.kind == kind.name }.flatMap { $0.missing(in: kind, value) }
    }

    private static let closings = [
        Closing(
            kind: "complaint", field: "closed_on", needs: ["handled_by", "outcome"], rule: 58,
            act: Label(zh: "办结投诉", en: "close the complaint")),
        Closing(
            kind: "finding", field: "closed_on", needs: ["rectified", "closed_by"], rule: 7,
            act: Label(zh: "核查问题销号", en: "close the finding")),
        Closing(
            kind: "escalation", field: "replied_on", needs: ["reply", "replied_by"], rule: 9,
            act: Label(zh: "答复上报的问题", en: "reply")),
        Closing(
            kind: "transfer_slip", field: "replied_on", needs: ["reply"], rule: 50,
            act: Label(zh: "反馈转办事项", en: "take in the reply")),
        Closing(
            kind: "enquiry", field: "answered_on", needs: ["answer", "answered_by"], rule: 68,
            act: Label(zh: "答复咨询", en: "answer the enquiry")),
        Closing(
            kind: "guidance", field: "followed_up_on", needs: ["follow_up"], rule: 56,
            act: Label(zh: "记为已落实", en: "close the follow-up")),
        Closing(
            kind: "sampled_household", field: "result", needs: ["checked_by", "checked_on"], rule: 57,
            act: Label(zh: "登记抽查结果", en: "record the result of a spot check")),
    ]

    /// What of a dishonesty record is decided and approved (R61, R62); the rest are the grounds of the decision.
    package static let decisionFields: Set<String> = [
        "decision", "decided_by", "decided_on", "expires_on", "export_approved_by", "export_approved_on",
    ]

    /// R61: what was decided was decided on these grounds: they stay.
    private static func checkGrounds(of mutation: RecordMutation) throws {
        guard let before = mutation.before.flatMap(Linked.init), !before.value("decision").isNull,
            let after = Linked(mutation.after)
        else { return }
        let changed = before.kind.storedFields.filter {
            !decisionFields.contains($0.name) && $0.name != "village"
                && before.value($0.name).normalised != after.value($0.name).normalised
        }
        guard !changed.isEmpty else { return }
        throw Refusal(
            move: Label(zh: "改动已作决定的失信记录", en: "change a dishonesty record that is decided"),
            reasons: changed.map { field in
                .init(
                    CaseRule(61),
                    Label(
                        zh: "已作决定，“\(field.label.zh)”是决定的依据，不能再改",
                        en: "it is decided; \(field.label.en.lowercased()) is among its grounds (evidence) and stays"))
            }
        ).problem
    }

    /// R57: nobody checked a household before it was drawn.
    private static func checkDay(of record: Linked, in proposal: Proposal) throws {
        guard let checked = record.day("checked_on"), let id = record.value("sample_check").recordID,
            let kind = AssistanceSchema.current.kind("sample_check"),
            let drawn = try proposal.record(id, kind: kind).flatMap(Linked.init)?.day("drawn_on"), checked < drawn
        else { return }
        throw Refusal(
            move: Label(zh: "登记抽查结果", en: "record the result of a spot check"),
            reasons: [
                .init(
                    CaseRule(57),
                    Label(zh: "核查日期早于抽取日期 \(drawn)", en: "the day of the check is before that of the draw, \(drawn)"))
            ]
        ).problem
    }

    /// R61: no decision without evidence and a hearing before it; one that is upheld ends on a day. R62: none but such a
    /// one is approved for joint sanctions.
    private static func checkDishonesty(_ record: Linked) throws {
        var reasons: [Refusal.Reason] = []
        func need(_ isMet: Bool, _ rule: Int, _ zh: String, _ en: String) {
            if !isMet { reasons.append(.init(CaseRule(rule), Label(zh: zh, en: en))) }
        }
        let isUpheld = record.text("decision") == "upheld"
        let isApproved = !record.value("export_approved_by").isNull || !record.value("export_approved_on").isNull
        if !record.value("decision").isNull {
            let decided = record.day("decided_on")
            need(!record.elements("evidence").isEmpty, 61, "没有证据", "there is no evidence")
            need(record.text("hearing") != nil, 61, "没有陈述申辩记录", "there is no record of a hearing")
            need(
                record.day("heard_on").map { heard in decided.map { heard <= $0 } ?? true } ?? false, 61,
                "决定前没有听取当事人陈述申辩", "the person was not heard before the decision")
            need(decided != nil, 61, "没有决定日期", "there is no date of decision")
            need(record.text("decided_by") != nil, 61, "没有决定人", "nobody has signed the decision")
            if isUpheld {
                let ends = record.day("expires_on").map { expiry in decided.map { $0 < expiry } ?? true } ?? false
                need(ends, 61, "没有失效日期", "there is no day on which it expires")
            }
        }
        if isApproved {
            need(isUpheld, 62, "没有认定失信的决定，不能推送", "nothing was decided against the person; nothing is exported")
            need(
                record.text("export_approved_by") != nil && record.day("export_approved_on") != nil, 62,
                "推送要写明批准人和批准日期", "an export names who approved it, and when")
        }
        guard reasons.isEmpty else {
            let act =
                record.value("decision").isNull
                ? Label(zh: "推送失信记录", en: "export the record")
                : Label(zh: "作出失信决定", en: "decide on the dishonesty record")
            throw Refusal(move: act, reasons: reasons).problem
        }
    }
}
