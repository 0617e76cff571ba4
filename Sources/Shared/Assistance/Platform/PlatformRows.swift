package import SyncEngine

/// The rows that 社会救助综合管理平台 takes in (R63): households, members, benefits; docs/platform.md is drawn from the
/// mapping here. A household that breaks a rule of severity `error` is not sent: it is listed with its rules.
package enum PlatformRows {
    /// Grows with every change of the rows.
    package static let version: Int64 = 1

    /// A field as the platform names it, and where it comes from.
    package struct Field: Sendable {
        package let name: String
        /// Of our record.
        package let source: String
        package let isRequired: Bool
        /// The codes that are taken in; `nil` for what is no code.
        package let codes: Set<String>?

        init(_ name: String, from source: String, isRequired: Bool = false, codes: [String: String]? = nil) {
            self.name = name
            self.source = source
            self.isRequired = isRequired
            self.codes = codes.map { Set($0.keys) }
        }
    }

    /// The one table of names, by the kind of row. Keys of a row that are no field: `row`, `id`, `household`.
    package static let mapping: [(row: String, fields: [Field])] = [
        (
            "household",
            [
                Field("village_code", from: "village", isRequired: true), Field("household_no", from: "number"),
                Field("hukou_type", from: "hukou_type", isRequired: true, codes: CodeLists.hukou),
                Field("address", from: "address", isRequired: true), Field("phone", from: "phones"),
                Field("poverty_causes", from: "poverty_causes", codes: CodeLists.povertyCause),
            ]
        ),
        (
            "member",
            [
                Field("name", from: "name", isRequired: true), Field("id_card", from: "id_number", isRequired: true),
                Field("relation", from: "relation", codes: CodeLists.relation),
                Field("marital", from: "marital", codes: CodeLists.marital),
                Field("employment", from: "employment", codes: CodeLists.employment),
                Field("health", from: "health", codes: CodeLists.health),
                Field("disability_card", from: "disability_certificate"),
                Field("disability_type", from: "disability_type", codes: disabilityTypes),
                Field("disability_grade", from: "disability_grade", codes: CodeLists.disabilityGrade),
            ]
        ),
        (
            "benefit",
            [
                Field("programme", from: "programme", isRequired: true, codes: Programme.titles),
                Field("status", from: "status", isRequired: true),
                Field("amount_fen", from: "decision.amount_fen", isRequired: true),
                Field("decided_on", from: "decision.decided_on", isRequired: true),
            ]
        ),
    ]

    /// The code list `disability_type_sd_mz`: the crosswalk of the Shandong civil-affairs interface. 多重 has no code there.
    package static let disabilityTypes = ["61": "视力", "62": "听力", "63": "言语", "64": "肢体", "65": "智力", "66": "精神"]

    /// A household's rows, or the rules that keep it out.
    package static func rows(of file: HouseholdFile) -> Result<[JSONValue], Refused> {
        let broken = QualityRule.all.filter { $0.severity == .error && !$0.findings(in: file).isEmpty }
        guard broken.isEmpty else { return .failure(Refused(rules: broken)) }
        let id = file.id.description
        let home = row("household", id: id, household: nil) { name in
            // The record lies in its village, whether the field says so or not.
            name == "village" ? .string(file.home.record.scope.code) : text(file.home.value(name))
        }
        let members = file.present.map { member in
            row("member", id: member.record.id.description, household: id) { name in
                name == "disability_type"
                    ? member.text(name).map { .string("6\($0)") } : text(member.value(name))
            }
        }
        let benefits = file.cases.filter(\.isPaidMonthly).map { one in
            let decision = one.all("decision").last { $0.number("amount_fen") != nil }
            return row("benefit", id: one.application.record.id.description, household: id) { name in
                switch name {
                case "decision.amount_fen": decision?.number("amount_fen").map(JSONValue.int)
                case "decision.decided_on": decision?.day("decided_on").map { .string($0.description) }
                case "status": one.status.map { .string($0.rawValue) }
                default: text(one.application.value(name))
                }
            }
        }
        return .success([home] + members + benefits)
    }

    /// A household that is not sent.
    package struct Refused: Error, Sendable {
        package let rules: [QualityRule]
    }

    private static func text(_ value: Value) -> JSONValue? {
        if case .list(let elements) = value { return .string(elements.joined(separator: ",")) }
        return value.isNull ? nil : JSONValue(value)
    }

    private static func row(
        _ kind: String, id: String, household: String?, _ value: (String) -> JSONValue?
    ) -> JSONValue {
        let fields = mapping.first { $0.row == kind }?.fields ?? []
        return .object(
            [("row", .string(kind)), ("id", .string(id))] + (household.map { [("household", .string($0))] } ?? [])
                + fields.map { ($0.name, value($0.source) ?? .null) })
    }

    // MARK: - The simulator

    /// Takes rows in as the platform would, in the order of the file.
    package struct Simulator: Sendable {
        package private(set) var accepted = 0
        /// By the row's place in the file, from 1.
        package private(set) var rejected: [(line: Int, id: String, reason: String)] = []
        private var households: Set<String> = []
        private var numbers: Set<String> = []
        private var line = 0
        private let today: CalendarDay

        package init(today: CalendarDay) { self.today = today }

        package mutating func take(_ row: JSONValue) {
            line += 1
            let id = row["id"]?.text ?? ""
            if let reason = refusal(of: row) {
                rejected.append((line, id, reason))
                return
            }
            accepted += 1
            if row["row"]?.text == "household" { households.insert(id) }
            if let number = row["id_card"]?.text { numbers.insert(number) }
        }

        private func refusal(of row: JSONValue) -> String? {
            guard let kind = row["row"]?.text, let fields = mapping.first(where: { $0.row == kind })?.fields else {
                return "unknown row"
            }
            guard let id = row["id"]?.text, RecordID(id) != nil else { return "id" }
            if kind != "household", !households.contains(row["household"]?.text ?? "") { return "household" }
            for field in fields {
                let value = row[field.name] ?? .null
                if value == .null {
                    if field.isRequired { return "\(field.name) missing" }
                    continue
                }
                let codes = value.text?.split(separator: ",").map(String.init) ?? []
                if let known = field.codes, codes.isEmpty || !codes.allSatisfy(known.contains) {
                    return "\(field.name) code"
                }
            }
            guard let number = row["id_card"]?.text else { return nil }
            if IdentityNumber.check(number, today: today) != .valid { return "id_card GB 11643" }
            return numbers.contains(number) ? "id_card twice" : nil
        }
    }
}

/// That a file for the platform was written, by whom, why, and with what in it: it holds full identity numbers (R47, R63).
package let platformFileKind = KindSchema(
    "platform_file", label: Label(zh: "平台报送文件", en: "File for the platform"), isAppendOnly: true,
    fields: [
        kept("rows", .int64, "行数", "Rows"), kept("refused", .int64, "未报送户数", "Households kept out"),
        kept("sha256", .text, "文件摘要", "Digest of the file"), kept("written_by", .text, "导出人", "Written by"),
        kept("written_at", .time, "导出时间", "Written at"), kept("reason", .text, "理由", "Reason"),
    ])

private func kept(_ name: String, _ type: ValueType, _ zh: String, _ en: String) -> FieldSchema {
    FieldSchema(name, type, .im, .none, Label(zh: zh, en: en), isDeskOnly: true)
}
