import Foundation
import SyncEngine

/// A village as a station keeps it: households of three or four, with what they earn, spend, own and where they are paid.
/// The same in every run.
struct VillageSample {
    let households: Int
    private(set) var homes: [Home] = []
    private var random: SplitMix

    struct Home {
        var id: RecordID
        var number: String
        var members: [(id: RecordID, name: String)]
    }

    private static let surnames = Array("张王李刘陈杨赵孙周吴")
    private static let given = ["秀英", "建国", "桂兰", "玉珍", "志强", "淑华", "立军", "红梅", "永福", "小满"]

    private let village: Int

    /// - Parameter village: another number gives other people.
    init(households: Int, village: Int = 0) {
        self.households = households
        self.village = village
        random = SplitMix(state: 7 + UInt64(village))
    }

    /// - Parameter poor: so many of the first households earn little.
    /// - Returns: documents for `ruhu new -`, one a line.
    mutating func documents(poor: Int) -> [[String: Any]] {
        (0..<households).flatMap { household($0, isPoor: $0 < poor) }
    }

    private mutating func id() -> RecordID { .v7(milliseconds: 1_637_800_000_000, using: &random) }
    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    private mutating func household(_ index: Int, isPoor: Bool) -> [[String: Any]] {
        let home = id()
        let number = String(format: "%03d", index + 1)
        let surname = Self.surnames[below(Self.surnames.count)]
        let people = (0..<(3 + index % 2)).map { (id: id(), name: "\(surname)\(Self.given[($0 * 3 + index) % 10])") }
        homes.append(Home(id: home, number: number, members: people))
        var documents: [[String: Any]] = []
        func add(_ kind: String, _ id: RecordID, _ fields: [String: Any]) {
            documents.append(["kind": kind, "id": id.description, "fields": fields])
        }
        add(
            "household", home,
            [
                "number": number, "address": "\(index % 6 + 1)组\(index + 1)号", "hukou_type": "20",
                "phones": ["138\(String(format: "%08d", 12_340_000 + index))"], "villager_group": "\(index % 6 + 1)组",
                "tenure": "自有", "building_type": "平房", "structure": "砖木", "rooms": 4, "floor_area_m2": 96,
                "water": "自来水", "electricity": true, "farmland_centimu": 350, "livestock": "羊 3 只",
            ])
        for (place, person) in people.enumerated() {
            add(
                "member", person.id,
                [
                    "household": home.description, "name": person.name,
                    "id_number": identity(year: [1962, 1964, 1988, 1990][place], serial: index),
                    "relation": ["02", "10", "20", "38"][place], "marital": "20", "employment": "27",
                    "in_household": true,
                ])
        }
        for (place, person) in people.prefix(isPoor ? 1 : 2).enumerated() {
            add(
                "income_item", id(),
                [
                    "household": home.description, "member": person.id.description,
                    "type": place == 0 ? "21" : "10", "period": "month",
                    "amount_fen": isPoor ? 20_000 : 150_000 + below(200) * 1_000,
                ])
        }
        add(
            "expense_item", id(),
            [
                "household": home.description, "member": people[1].id.description, "type": "01",
                "amount_fen": 350_000, "reimbursed_fen": 200_000, "paid_fen": 150_000,
            ])
        add(
            "property_item", id(),
            [
                "household": home.description, "type": "存款", "value_fen": 500_000 + below(90) * 1_000,
                "owner": people[0].id.description,
            ])
        add(
            "bank_account", id(),
            [
                "household": home.description, "kind": "折",
                "number": "62230\(String(format: "%011d", village * 1_000 + index))",
                "bank": "农商行", "holder": people[0].name,
            ])
        return documents
    }

    /// GB 11643, with its check character.
    private func identity(year: Int, serial: Int) -> String {
        let body =
            "37\(String(format: "%04d", 404 + village))\(year)\(String(format: "%02d%02d", serial % 12 + 1, serial % 28 + 1))"
            + String(format: "%03d", serial)
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body.utf8, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
        return body + String(Array("10X98765432")[sum % 11])
    }

    /// What a surveyor writes of a household.
    /// - Parameter day: of the visit.
    func answers(_ home: Home, on day: String) -> [String: Any] {
        [
            "visited_on": day, "surveyors": ["王秀英", "李建国"], "poverty_causes": ["01", "03"],
            "head": home.members[0].name,
            "members": home.members.enumerated().map { index, person in
                [
                    "name": person.name, "health": index == 1 ? "3" : "1", "disease": index == 1 ? "高血压，长期服药" : "",
                    "labour_ability": index == 1 ? "partial" : "full",
                ].filter { !$0.value.isEmpty }
            },
            "remarks": "家中房屋西墙有裂缝，雨季漏水；长子在外打工，逢年回家；种植小麦玉米，养羊三只。",
            "summary": "与户主及配偶面谈，查看了住房、存折和药费单据，收入与申报相符。",
        ]
    }
}
