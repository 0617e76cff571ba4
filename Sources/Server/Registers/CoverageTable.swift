import Assistance
import GRDB
import RecordStore
import SyncEngine

extension Table {
    /// Who covers what (R48, R51, R52): each township with its full-time staff, each village with its station and its
    /// assistants, and how many households there are and are assisted.
    static func coverage(_ township: Township) -> Table {
        Table(
            "coverage", Label(zh: "经办力量和服务网点", en: "Staff and stations"),
            columns: [
                Column("place", "村居代码", "Place"), Column("level", "层级", "Level"),
                Column("households", "住户数", "Households"), Column("assisted", "在享户数", "Assisted households"),
                Column("stations", "工作站", "Stations"), Column("assistants", "在岗协理员", "Assistants at work"),
                Column("fullTime", "专职人员", "Full-time staff"), Column("rules", "不符合", "Rules not met"),
            ]
        ) { database in
            let tables = township.database.tables
            let book = try RegisterReader(tables: tables, database: database)
                .book(of: Staffing.kinds, today: township.clock().day)
            let counts = try HouseholdCounts(database)
            let known = Staffing(book, region: township.identity.region).villages
            let townships = Set((known + counts.villages).map { String($0.prefix(9)) }).union(
                township.identity.region.code.utf8.count == 9 ? [township.identity.region.code] : [])
            return townships.sorted().flatMap { rows(Staffing(book, region: Scope($0)), of: $0, counts) }
        }
    }

    private static func rows(_ staffing: Staffing, of township: String, _ counts: HouseholdCounts) -> [[Cell]] {
        let villages = Set(staffing.villages).union(counts.villages.filter { $0.hasPrefix(township) }).sorted()
        let ofVillages = villages.map { village -> [Cell] in
            let assistants = staffing.activeAssistants[village] ?? 0
            let hasStation = staffing.villages.contains(village) && !staffing.withoutStation.contains(village)
            var broken: [String] = hasStation ? [] : ["R51"]
            if !Staffing.assistants.contains(assistants) { broken.append("R52") }
            return [
                .text(village), .code("village", Label(zh: "村居", en: "Village")),
                .number(counts.households[village] ?? 0),
                .number(counts.assisted[village] ?? 0), .number(hasStation ? 1 : 0), .number(Int64(assistants)),
                .empty, rules(broken),
            ]
        }
        func sum(_ column: Int) -> Cell {
            .number(ofVillages.reduce(0) { if case .number(let number) = $1[column] { $0 + number } else { $0 } })
        }
        let isShort = staffing.fullTime < Staffing.fullTimeNeeded
        let whole: [Cell] = [
            .text(township), .code("township", Label(zh: "镇街", en: "Township")), sum(2), sum(3), sum(4), sum(5),
            .number(Int64(staffing.fullTime)),
            rules(isShort ? ["R48"] : []),
        ]
        return [whole] + ofVillages
    }

    private static func rules(_ codes: [String]) -> Cell {
        let words = [
            "R48": Label(zh: "专职人员不足 \(Staffing.fullTimeNeeded) 人", en: "too few full-time staff"),
            "R51": Label(zh: "没有工作站", en: "no station"),
            "R52": Label(
                zh: "协理员应为 \(Staffing.assistants.lowerBound)～\(Staffing.assistants.upperBound) 人",
                en: "not \(Staffing.assistants.lowerBound) to \(Staffing.assistants.upperBound) assistants"),
        ]
        guard !codes.isEmpty else { return .empty }
        let found = codes.compactMap { words[$0] }
        return .code(
            codes.joined(separator: " "),
            Label(zh: found.map(\.zh).joined(separator: "；"), en: found.map(\.en).joined(separator: "; ")))
    }
}

/// Households by village, by two statements over all of them.
private struct HouseholdCounts {
    let households: [String: Int64]
    let assisted: [String: Int64]

    var villages: [String] { households.keys.filter(VillageCode.isValid) }

    init(_ database: Database) throws {
        func counts(_ sql: String) throws -> [String: Int64] {
            let rows = try Query(database, sql).all { ($0.text(0), $0.int64(1)) }
            return Dictionary(rows) { $0 + $1 }
        }
        households = try counts(
            "SELECT scope, count(*) FROM household WHERE deleted = 0 AND alias_of IS NULL GROUP BY scope")
        let states = CaseState.allCases.filter(\.isInForce).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        assisted = try counts(
            """
            SELECT scope, count(DISTINCT household) FROM application \
            WHERE deleted = 0 AND status IN (\(states)) GROUP BY scope
            """)
    }
}
