package import SyncEngine

/// What is filled once (R44): an application, and with a signer its 授权委托书 and 守信承诺书 (R25, R60).
package struct ApplicationPacket: Sendable {
    let household: RecordID
    let member: RecordID?
    let programme: Programme
    let proxy: String?
    let reason: String?
    let signer: String?
    let validTo: CalendarDay?
    let continues: RecordID?
    let channel: String
    let at: Instant

    /// - Parameter channel: how it came in, a code of `application.channel`; `nil`: by the station, or by a proxy.
    package init(
        household: RecordID, member: RecordID?, programme: Programme, proxy: String?, reason: String?, signer: String?,
        validTo: CalendarDay?, continues: RecordID? = nil, channel: String? = nil, at: Instant
    ) {
        self.household = household
        self.member = member
        self.programme = programme
        self.proxy = proxy
        self.reason = reason
        self.signer = signer
        self.validTo = validTo
        self.continues = continues
        self.channel = channel ?? (proxy == nil ? "station" : "proxy")
        self.at = at
    }

    /// What should be completed.
    package var findings: [Finding] {
        var findings: [Finding] = []
        if signer == nil, CaseMachine.of(programme).needsAuthorisation {
            findings.append(
                Finding(
                    .warning,
                    Label(zh: "还没有授权和承诺：加 --signer 签字人", en: "No authorisation and commitment yet: add --signer NAME")))
        }
        if programme.isPersonal, member == nil {
            findings.append(
                Finding(
                    .warning,
                    Label(zh: "这个项目以人为单位：加 --member 成员编号", en: "This programme is for a person: add --member ID")))
        }
        return findings
    }

    /// The drafts of one change set, the application first.
    /// - Returns: them, and an application for the same that is still open (R44).
    package func drafts(
        in records: some LinkedRecords, newID: () -> RecordID
    ) throws -> (drafts: [Draft], earlier: RecordID?) {
        var application = Draft(
            kind: CaseKinds.application, record: newID(), operation: .create,
            writes: [
                .set("household", .text(household.description)), .set("programme", .text(programme.rawValue)),
                .set("applied_at", .time(at)), .set("channel", .text(channel)),
            ])
        if let member { application.writes.append(.set("member", .text(member.description))) }
        if let proxy { application.writes.append(.set("proxy", .text(proxy))) }
        if let continues { application.writes.append(.set("continues", .text(continues.description))) }
        if let reason { application.writes.append(.set("reason", .text(reason))) }
        let earlier = try openApplication(like: application, in: records)
        if let earlier { application.writes.append(.set("repeats", .text(earlier.description))) }
        guard let signer else { return ([application], earlier) }
        let signed: [FieldWrite] = [
            .set("application", .text(application.record.description)), .set("signer", .text(signer)),
            .set("signed_at", .date(at.day)),
        ]
        let authorisation = Draft(
            kind: CaseKinds.authorisation, record: newID(), operation: .create,
            writes: signed + (validTo.map { [.set("valid_to", .date($0))] } ?? []))
        let commitment = Draft(kind: CaseKinds.commitment, record: newID(), operation: .create, writes: signed)
        return ([application, authorisation, commitment], earlier)
    }

    private func openApplication(like draft: Draft, in records: some LinkedRecords) throws -> RecordID? {
        var record = Record(id: draft.record, kind: draft.kind, scope: Scope(""))
        for case .set(let name, let value) in draft.writes {
            record.assign(value, to: FieldKey(field: name), in: draft.kind)
        }
        return try CaseFile(record, in: records, at: at, shelf: .included)?.earlierApplication
    }
}
