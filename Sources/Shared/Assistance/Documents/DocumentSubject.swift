package import SyncEngine

/// What a document is made from: a household, its case where there is one, the policy and the office. Values only.
package struct DocumentSubject: Sendable {
    /// The township that decides.
    package struct Office: Sendable {
        /// 阴平镇
        package let name: String
        package let region: Scope

        package init(name: String, region: Scope) {
            self.name = name
            self.region = region
        }

        /// 阴平镇人民政府, 坛山街道办事处
        var title: String {
            if name.hasSuffix("镇") || name.hasSuffix("乡") { return name + "人民政府" }
            return name.hasSuffix("街道") ? name + "办事处" : name
        }
    }

    package let household: Linked
    /// `nil`: a form for a household that has not applied.
    package let file: CaseFile?
    package let pack: PolicyPack
    package let office: Office
    /// The live records below the household and its members, in order of id.
    let records: [Linked]
    /// Attachments of the case: by the record that they belong to.
    let attachments: [Linked]
    /// What the village is called; its code where nobody has written that down.
    let village: String

    /// - Throws: what reading throws.
    package init(
        household: Record, file: CaseFile?, pack: PolicyPack, office: Office, in records: some LinkedRecords
    ) throws {
        guard let linked = Linked(household), household.kind == householdKind.name else {
            throw Problem(.unknownRecord, household.id.description)
        }
        self.household = linked
        self.file = file
        self.pack = pack
        self.office = office
        village = try Village.name(of: household.scope, in: records)
        self.records = try CalculationInput.records(below: household) { try records.dependents(of: $0) }
            .sorted { $0.id < $1.id }.compactMap(Linked.init)
            .filter { $0.value(KindSchema.aliasField).isNull }
        let papers = file.map { [$0.application] + $0.linked + $0.household.filter { $0.kind.name == "visit" } } ?? []
        attachments = try papers.flatMap { try records.dependents(of: $0.record) }.compactMap(Linked.init)
            .filter { $0.kind.name == Attachment.kindName }
    }

    var programme: Programme? { file?.programme }

    /// Behind what the village is called: a group and a house number alone are found nowhere.
    var address: String? { Village.address(household, in: village) }

    /// What people compare a report by: of an id the last eight characters.
    var reportNumber: String? {
        report?.text("no").map {
            $0.contains(#/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#) ? "尾号 \($0.suffix(8))" : $0
        }
    }

    func all(_ kind: String) -> [Linked] { records.filter { $0.kind.name == kind } }

    // MARK: - People

    /// Who live in the household: the head first, then by id.
    var members: [Linked] {
        let present = all("member").filter { $0.value("death_date").isNull && $0.value("in_household") != .bool(false) }
        let first = head?.record.id
        return present.filter { $0.record.id == first } + present.filter { $0.record.id != first }
    }

    var head: Linked? { household.head(among: all("member")) }

    /// Who asks: the person the application names, else the head, else the first.
    var applicant: Linked? {
        let named = file?.application.text("member")
        return all("member").first { $0.record.id.description == named } ?? head ?? members.first
    }

    func name(of member: String?) -> String? {
        guard let member else { return nil }
        return all("member").first { $0.record.id.description == member }?.text("name")
    }

    /// How many the benefit is for.
    var persons: Int { programme?.isPersonal == true ? 1 : members.count }

    // MARK: - The case

    var appliedOn: CalendarDay? { file?.application.day("applied_at") }
    var decision: Linked? { file?.all("decision").last }

    /// The amount that stood before the last decision; 0 before the first.
    var earlierAmount: Int64 {
        let earlier = file?.all("decision").dropLast().last { $0.number("amount_fen") != nil }
        return earlier?.number("amount_fen") ?? 0
    }

    var report: Linked? { file?.all("check_report").last }

    var visit: Linked? {
        all("visit").max {
            ($0.day("when") ?? .distantPast, $0.record.id) < ($1.day("when") ?? .distantPast, $1.record.id)
        }
    }

    /// On the notice when one was posted, else the pack's (R58).
    var hotline: String { file?.publicity?.text("hotline") ?? pack.hotline?.number ?? "" }

    /// 元/月, or 元 once.
    var isOnce: Bool { programme == .reliefExpense || programme == .reliefUrgent }
    var amountUnit: String { isOnce ? "元（一次性）" : "元/月" }

    /// The pack's words for a ground of law.
    func basis(_ codes: String...) -> String {
        pack.basis.filter { codes.contains($0.code) }.map(\.label.zh).joined(separator: "；")
    }
}

extension CalendarDay {
    fileprivate static let distantPast = CalendarDay(daysSinceEpoch: .min)
}

extension Linked {
    /// The text of a code; the code itself where the list has none.
    func meaning(_ field: String) -> String? {
        guard let code = text(field) else { return nil }
        return kind.field(field)?.rule?.codes?[code]?.zh ?? code
    }

    /// `320.00`
    func yuan(_ field: String) -> String? { number(field).map { Yuan.text($0) } }
}
