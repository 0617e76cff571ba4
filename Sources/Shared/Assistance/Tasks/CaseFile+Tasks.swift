import SyncEngine

/// What a case asks of village and township, now.
extension CaseFile {
    package var tasks: [DueTask] {
        guard let machine, let status, !machine.isFinal(status) || status == .rejected || status == .checkFailed else {
            return notices
        }
        return papers(machine) + notices + reviews + clockTasks + deskTasks + verifications + rollCheck
    }

    private func task(_ kind: DueTask.Kind, due: Moment, subject: Linked? = nil) -> DueTask {
        DueTask(
            kind, due: due, village: application.record.scope, household: householdID, number: home?.text("number"),
            application: application.record.id, programme: programme, subject: subject?.record.id.description,
            clerk: moves.last?.text("by"))
    }

    private var appliedOn: CalendarDay { application.day("applied_at") ?? today }

    /// What is still to be signed, asked or seen before the case can be accepted (R19, R25, R26).
    private func papers(_ machine: CaseMachine) -> [DueTask] {
        guard status == .intent || status == .authorised || status == .preparing else { return [] }
        var tasks: [DueTask] = []
        let isSigned = Guard.authorised.isMet(self) && Guard.committed.isMet(self)
        if machine.needsAuthorisation, !isSigned { tasks.append(task(.authorise, due: .day(appliedOn))) }
        if !Guard.surveyed.isMet(self) { tasks.append(task(.survey, due: decisionDay)) }
        if awaitsCheckRequest, Guard.authorised.isMet(self) { tasks.append(task(.requestCheck, due: .day(appliedOn))) }
        return tasks
    }

    /// The last day of the clock that runs.
    private var decisionDay: Moment { .day(clocks.first { $0.stoppedAt == nil }?.deadline.due.day ?? appliedOn) }

    /// Members whose registration is elsewhere (R40), until the benefit is decided.
    private var verifications: [DueTask] {
        guard lastMove(["approve"]) == nil else { return [] }
        return awaitingVerification.map { task(.verifyRegistration, due: decisionDay, subject: $0) }
    }

    /// The periodic check of the whole roll (R65): of whom the authorisation has ended, it is signed anew first.
    private var rollCheck: [DueTask] {
        rollCheckDue.map { due in [task(validAuthorisation == nil ? .authorise : .requestCheck, due: .day(due))] } ?? []
    }

    /// Public notices to post and to take down, letters to deliver (R21, R42, R43).
    private var notices: [DueTask] {
        all("notice").compactMap { notice in
            guard let from = notice.day("from") else { return nil }
            guard notice.text("kind") == "publicity" else {
                guard notice.value("delivered_on").isNull else { return nil }
                let term = programme.flatMap { pack?.deadline(.delivery, of: $0)?.term }
                let due = term.flatMap { try? Deadline(of: $0, from: .day(from), in: calendar).due }
                return task(.deliverLetter, due: due ?? .day(from), subject: notice)
            }
            if notice.elements("posted_evidence").isEmpty { return task(.postNotice, due: .day(from), subject: notice) }
            guard let to = notice.day("to"), to < today, notice.elements("removed_evidence").isEmpty else { return nil }
            return task(.removeNotice, due: .day(to.adding(days: 1)), subject: notice)
        }
    }

    /// Rechecks and alive checks, from the pack's warning on (R17, R22).
    private var reviews: [DueTask] {
        guard let step = machine?.review, let programme else { return [] }
        let ahead = pack?.deadline(step, of: programme)?.warningDays ?? 0
        return all("dynamic_review").filter { $0.value("done").isNull }.compactMap { review in
            guard let due = review.day("due"), due <= today.adding(days: ahead) else { return nil }
            return task(step == .aliveCheck ? .aliveCheck : .recheck, due: .day(due), subject: review)
        }
    }

    private var clockTasks: [DueTask] {
        clocks.filter { $0.stoppedAt == nil }.compactMap { clock in
            DueTask.Kind(rawValue: clock.rule.name.rawValue).map { task($0, due: clock.deadline.due) }
        }
    }

    private var deskTasks: [DueTask] {
        var tasks = openRequests.map { task(.answerRequest, due: .day(today), subject: $0) }
        tasks += openObjections.map { task(.reviewObjection, due: .day($0.day("at") ?? today), subject: $0) }
        if status?.isInForce == true {
            tasks += unconsideredChanges.map { change in
                task(.reconsider, due: .day(reportedOn(change)), subject: change)
            }
        }
        return tasks
    }

    /// From when a change waits for the desk: a death from the day of its report on, for nobody could act before.
    private func reportedOn(_ change: Linked) -> CalendarDay {
        let on = change.day("on") ?? today
        guard change.kind.name == "member" || change.text("type") == DeathReports.death else { return on }
        return change.kind.name == "member" ? today : min(today, max(on, change.record.id.madeAt?.day ?? on))
    }

    /// What the village reported since the decision that stands (R22): each is decided on, or kept as it is by a new one.
    private var unconsideredChanges: [Linked] {
        let decided = all("decision").last?.record.seq ?? 0
        let reported = Set(undecidedDeaths.filter { $0.kind.name != "member" }.compactMap(DeathReports.person))
        let deaths = undecidedDeaths.filter { !reported.contains($0.record.id) }
        let known = Set(deaths.map(\.record.id))
        return deaths
            + household.filter { report in
                report.kind.name == "change_report" && report.record.seq > decided && !known.contains(report.record.id)
                    && concerns(report)
            }
    }

    /// Of a programme for a person, only what is reported of that person, or of nobody in particular.
    private func concerns(_ report: Linked) -> Bool {
        guard programme?.isPersonal == true, let person = report.value("member").recordID else { return true }
        return person == applicant?.record.id
    }
}
