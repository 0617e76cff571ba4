import SyncEngine

extension Register {
    /// All of them, in the order of their obligations.
    package static let all: [Register] = [
        guidance, finding, escalation, publicity, staff, transferSlip, station, stipend, training, sampleCheck,
        sampledHousehold, complaint, commitment, dishonesty, jointSanctions, enquiry,
    ]

    private static let staff = Register(
        "staff", of: RegisterKinds.staff, rules: [48, 49, 52], day: "active_from", others: ["staff"],
        clock: .period(from: "active_from", through: "active_to"),
        shown: ["name", "post", "village", "phone", "contract_to", "active_from", "active_to"],
        findings: StaffFindings.findings,
        summary: { entries, _ in
            let posts = RegisterKinds.Post.allCases.map { post in
                let count = entries.filter { $0.state == .inForce && $0.record.post == post }.count
                return (post.rawValue, JSONValue.int(Int64(count)))
            }
            return [("posts", .object(posts))]
        })

    private static let station = Register(
        "station", of: RegisterKinds.station, rules: [51], day: "opened",
        clock: .period(from: "opened", through: "closed"),
        shown: ["village", "address", "phone", "opened", "closed"])

    private static let stipend = Register(
        "stipend", of: RegisterKinds.stipend, rules: [53], day: "month", others: ["staff"],
        shown: ["month", "amount_fen", "paid_on"],
        columns: { stipend, book in
            let name = book.record(stipend.value("staff"))?.text("name")
            return [RegisterColumn("name", "姓名", "Name", name.map(JSONValue.string) ?? .null)]
        },
        findings: { stipend, book in
            let same =
                book.record(stipend.value("staff")).map { person in
                    book.dependents(of: person.record.id).filter { $0.value("month") == stipend.value("month") }
                } ?? []
            guard same.count > 1, let month = stipend.text("month") else { return [] }
            return [
                Finding(
                    .warning, field: "month",
                    Label(
                        zh: "同一人 \(month) 月有 \(same.count) 笔补贴", en: "\(same.count) stipends of one person for \(month)"
                    ))
            ]
        },
        summary: { entries, _ in
            [("amountFen", .int(entries.reduce(0) { $0 + ($1.record.number("amount_fen") ?? 0) }))]
        })

    /// Sessions with who came, and who of those at work that day did not (R54, R55).
    private static let training = Register(
        "training", of: trainingKind, rules: [54, 55], day: "held_on", others: ["staff"],
        shown: ["held_on", "topic", "pack", "trainer"],
        columns: { session, book in
            let came = Set(session.elements("attendees"))
            let staff = session.day("held_on").map { book.staff(on: $0).compactMap { $0.text("name") } } ?? []
            return [
                RegisterColumn("attended", "到训", "Attended", .int(Int64(came.count))),
                RegisterColumn("staff", "应到", "Staff", .int(Int64(Set(staff).count))),
                RegisterColumn(
                    "absent", "未到训", "Absent", .array(Set(staff).subtracting(came).sorted().map(JSONValue.string))),
            ]
        },
        findings: { session, _ in
            session.elements("attendees").isEmpty
                ? [Finding(.warning, field: "attendees", Label(zh: "没有登记参加人", en: "Nobody is on record as attending"))]
                : []
        },
        summary: { entries, _ in
            let came = entries.reduce(0) { $0 + $1.record.elements("attendees").count }
            return [("sessions", .int(Int64(entries.count))), ("attendances", .int(Int64(came)))]
        })

    private static let guidance = Register(
        "guidance", of: RegisterKinds.guidance, rules: [4, 56], day: "held_on",
        clock: .followUp(due: "follow_up_by", done: "followed_up_on"),
        shown: ["held_on", "by", "place", "topic", "visited_by"])

    private static let finding = Register(
        "finding", of: RegisterKinds.finding, rules: [7], day: "found_on",
        clock: .matter(due: "rectify_by", done: "closed_on"),
        shown: ["what", "source", "found_by", "responsible", "rectify_by", "rectified", "closed_by", "closed_on"])

    private static let escalation = Register(
        "escalation", of: RegisterKinds.escalation, rules: [9], day: "raised_on",
        clock: .matter(due: "due", done: "replied_on"),
        shown: ["raised_on", "raised_by", "to", "question", "due", "replied_on"])

    private static let transferSlip = Register(
        "transfer_slip", of: RegisterKinds.transferSlip, rules: [50], day: "sent_on",
        clock: .matter(due: "due", done: "replied_on"), shown: ["sent_on", "to", "about", "due", "replied_on"])

    private static let enquiry = Register(
        "enquiry", of: RegisterKinds.enquiry, rules: [68], day: "asked_on",
        clock: .matter(due: "due", done: "answered_on"), shown: ["asked_on", "question", "due", "answered_on"])

    private static let complaint = Register(
        "complaint", of: RegisterKinds.complaint, rules: [58], day: "received_on",
        clock: .matter(due: "due", done: "closed_on"),
        shown: ["received_on", "via", "by", "about", "text", "handled_by", "due", "outcome", "closed_on"])

    /// What was done in each village, those where nothing was done too (R23, R59, R67).
    private static let publicity = Register(
        "publicity", of: RegisterKinds.publicity, rules: [23, 59, 67], day: "on",
        shown: ["on", "channel", "topic", "copies", "persons"],
        summary: { entries, book in
            let byVillage = Dictionary(grouping: entries) { $0.village }
            let villages = Set(book.villages).union(byVillage.keys.compactMap(\.self)).sorted()
            let counts = villages.map { tally(byVillage[$0] ?? [], village: .string($0)) }
            return [("villages", .array(counts)), ("township", tally(byVillage[nil] ?? [], village: .null))]
        })

    private static func tally(_ entries: [RegisterEntry], village: JSONValue) -> JSONValue {
        func sum(_ field: String) -> JSONValue {
            .int(entries.reduce(0) { $0 + ($1.record.number(field) ?? 0) })
        }
        return .object([
            ("village", village), ("times", .int(Int64(entries.count))), ("copies", sum("copies")),
            ("persons", sum("persons")),
        ])
    }

    /// The draws of 抽查, and how far their households are checked (R57).
    private static let sampleCheck = Register(
        "sample_check", of: RegisterKinds.sampleCheck, rules: [57], day: "drawn_on", others: ["sampled_household"],
        shown: ["drawn_on", "seed", "programme", "population", "drawn"],
        columns: { run, book in
            let households = book.dependents(of: run.record.id)
            func count(_ result: String) -> JSONValue {
                .int(Int64(households.filter { $0.text("result") == result }.count))
            }
            return [
                RegisterColumn(
                    "checked", "已核查", "Checked",
                    .int(Int64(households.filter { !$0.value("result").isNull }.count))),
                RegisterColumn("inconsistent", "不符", "Inconsistent", count("inconsistent")),
                RegisterColumn("absent", "未见到", "Absent", count("absent")),
            ]
        })

    private static let sampledHousehold = Register(
        "sampled_household", of: RegisterKinds.sampledHousehold, rules: [57], day: "checked_on", pending: "result",
        shown: ["sample_check", "place", "village", "household", "result", "checked_by", "checked_on"])

    /// What applicants have promised, and whether a decision in force says that they broke it (R60).
    private static let commitment = Register(
        "commitment", of: CaseKinds.commitment, rules: [60], day: "signed_at", others: ["dishonesty"],
        shown: ["signer", "signed_at", "application"],
        columns: { paper, book in
            let isBroken = book.all("dishonesty").contains { record in
                record.value("commitment") == .text(paper.record.id.description)
                    && RegisterClock.decision.state(of: record, on: book.today).state == .inForce
            }
            return [RegisterColumn("broken", "失信", "Broken", .bool(isBroken))]
        })

    private static let dishonesty = Register(
        "dishonesty", of: RegisterKinds.dishonesty, rules: [61], day: "decided_on", clock: .decision,
        shown: ["name", "behaviour", "heard_on", "decision", "decided_on", "expires_on"])

    /// What goes to the departments that join in sanctions: decided, in force, approved, and masked (R62).
    private static let jointSanctions = Register(
        "joint_sanctions", of: RegisterKinds.dishonesty, Label(zh: "联合惩戒推送名单", en: "Joint sanctions"), rules: [62],
        day: "decided_on", clock: .decision,
        shown: ["name", "id_number", "behaviour", "decided_on", "expires_on"], isExport: true)
}

/// What of the staff register is to be looked at (R49, R52).
private enum StaffFindings {
    @Sendable static func findings(of person: Linked, in book: RegisterBook) -> [Finding] {
        guard person.isAtWork(on: book.today), let post = person.post else { return [] }
        var findings: [Finding] = []
        func add(_ field: String, _ rule: Int, _ zh: String, _ en: String) {
            let place = CaseRule(rule).label
            findings.append(
                Finding(.warning, field: field, Label(zh: "\(zh)（\(place.zh)）", en: "\(en) (\(place.en))")))
        }
        if post.hasContract, person.value("contract_from").isNull || person.value("contract_to").isNull {
            add("contract_from", 49, "没有登记合同起止日期", "its contract is not on record")
        }
        if let end = person.day("contract_to"), end < book.today {
            add("contract_to", 49, "合同已于 \(end) 到期", "the contract ended on \(end)")
        }
        guard post == .villageAssistant else { return findings }
        guard let village = person.village else {
            add("village", 52, "协理员没有写明村居", "the assistant's village is not on record")
            return findings
        }
        let active = book.staff(on: book.today).filter { $0.post == .villageAssistant && $0.village == village }.count
        if active > Staffing.assistants.upperBound {
            add(
                "village", 52, "\(village) 有 \(active) 名在岗协理员，最多 \(Staffing.assistants.upperBound) 名",
                "\(village) has \(active) assistants at work; \(Staffing.assistants.upperBound) at most")
        }
        return findings
    }
}
