package import SyncEngine

/// Whether the township has the people and the places that the document asks for (R48, R51, R52).
package struct Staffing: Hashable, Sendable {
    /// Full-time staff of a township, at least (R48).
    package static let fullTimeNeeded = 5
    /// 协理员 at work in each village (R52).
    package static let assistants = 1...2

    package struct Surplus: Hashable, Sendable {
        package let village: String
        package let active: Int
    }

    /// Full-time staff at work today; posts and services that are bought are beside them (R49).
    package let fullTime: Int
    /// `nil` at a district: the rule is a township's.
    package let fullTimeNeeded: Int?
    /// The villages that are known, in the order of their codes, as below.
    package let villages: [String]
    package let withoutStation: [String]
    package let withoutAssistant: [String]
    package let tooManyAssistants: [Surplus]
    /// 协理员 at work, by village.
    package let activeAssistants: [String: Int]

    /// - Parameters:
    ///   - book: of the kinds ``kinds``; its villages are all that are known.
    ///   - region: the township's or the district's.
    package init(_ book: RegisterBook, region: Scope) {
        let staff = book.staff(on: book.today)
        let open = book.all("station").filter {
            RegisterClock.period(from: "opened", through: "closed").state(of: $0, on: book.today).state == .inForce
        }
        let assistants = Dictionary(grouping: staff.filter { $0.post == .villageAssistant }) { $0.village }
        let known = Set(book.villages).union((book.all("station") + book.all("staff")).compactMap(\.village))
        let stations = Set(open.compactMap(\.village))
        activeAssistants = assistants.reduce(into: [:]) { counts, village in
            if let code = village.key { counts[code] = village.value.count }
        }
        fullTime = staff.filter { $0.post == .fullTime && region.covers($0.record.scope) }.count
        fullTimeNeeded = region.code.utf8.count == Self.townshipDigits ? Self.fullTimeNeeded : nil
        villages = known.filter { region.covers(Scope($0)) }.sorted()
        withoutStation = villages.filter { !stations.contains($0) }
        withoutAssistant = villages.filter { assistants[$0] == nil }
        tooManyAssistants = villages.compactMap { village in
            let active = assistants[village]?.count ?? 0
            return active > Self.assistants.upperBound ? Surplus(village: village, active: active) : nil
        }
    }

    /// What a post is called; `nil` for no post's code.
    package static func postLabel(_ code: String) -> Label? { RegisterKinds.Post(rawValue: code)?.label }

    /// The kinds whose records it looks at.
    package static let kinds = ["staff", "station"]
    private static let townshipDigits = 9

    /// What is missing, each with its rule.
    package var findings: [Finding] {
        var findings: [Finding] = []
        func add(_ rule: Int, _ zh: String, _ en: String) {
            let place = CaseRule(rule).label
            findings.append(Finding(.warning, Label(zh: "\(zh)（\(place.zh)）", en: "\(en) (\(place.en))")))
        }
        if let needed = fullTimeNeeded, fullTime < needed {
            add(
                48, "专职人员 \(fullTime) 名，不少于 \(needed) 名",
                "\(fullTime) full-time staff; \(needed) are the least")
        }
        if !withoutStation.isEmpty {
            add(
                51, "\(withoutStation.count) 个村居没有社会救助工作站",
                "no open station in \(withoutStation.count) villages")
        }
        if !withoutAssistant.isEmpty {
            add(
                52, "\(withoutAssistant.count) 个村居没有在岗协理员",
                "no assistant at work in \(withoutAssistant.count) villages")
        }
        for one in tooManyAssistants {
            add(
                52, "\(one.village) 有 \(one.active) 名在岗协理员，最多 \(Self.assistants.upperBound) 名",
                "\(one.village) has \(one.active) assistants at work; \(Self.assistants.upperBound) at most")
        }
        return findings
    }
}
