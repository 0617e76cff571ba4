package import SyncEngine

/// One of the three tasks that run side by side before a case is accepted: economic check, household survey, form (R26).
package struct CasePreparation: Sendable {
    package enum Name: String, Sendable, CaseIterable {
        case check, survey, form

        package var label: Label {
            switch self {
            case .check: Label(zh: "经济状况核对", en: "Economic check")
            case .survey: Label(zh: "入户调查", en: "Household survey")
            case .form: Label(zh: "填写申请材料", en: "Form and papers")
            }
        }
    }

    package enum State: String, Sendable {
        case waiting, running, done

        package var label: Label {
            switch self {
            case .waiting: Label(zh: "未开始", en: "not begun")
            case .running: Label(zh: "进行中", en: "under way")
            case .done: Label(zh: "已完成", en: "done")
            }
        }
    }

    package let name: Name
    package let state: State
    /// What is still missing, each with its rule.
    package let missing: [Refusal.Reason]
    /// What shows how far it is: requests and reports, visits, signed papers.
    package let records: [Linked]
}

extension CaseFile {
    /// The three parallel tasks; none for a programme that has no such stage.
    package var preparation: [CasePreparation] {
        guard machine?.states.contains(.preparing) == true else { return [] }
        return [
            task(.check, [.authorised, .checkRequested, reported, .everyMemberChecked], of: checkRecords),
            task(.survey, [.surveyed], of: ofHousehold("visit")),
            task(
                .form, [.authorised, .committed] + (programme?.isPersonal == true ? [.applicantNamed] : []),
                of: all("authorisation") + all("commitment")),
        ]
    }

    private var checkRecords: [Linked] { all("check_request") + all("check_report") }

    private var reported: Guard {
        Guard(27, zh: "核对报告没有到，或已过期", en: "the report has not come, or has expired") { $0.validReport != nil }
    }

    private func task(_ name: CasePreparation.Name, _ needs: [Guard], of records: [Linked]) -> CasePreparation {
        let missing = needs.filter { !$0.isMet(self) }
        let state: CasePreparation.State = missing.isEmpty ? .done : records.isEmpty ? .waiting : .running
        return CasePreparation(
            name: name, state: state, missing: missing.map { .init($0.rule, $0.needs) }, records: records)
    }
}
