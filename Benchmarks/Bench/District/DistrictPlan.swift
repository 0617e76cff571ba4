import Assistance
import Foundation
import SyncEngine

/// Who lives in a district and what becomes of them: seven townships of 47 villages, 61 households each, of which 35 are
/// assisted. The same from the same seed.
struct DistrictPlan {
    /// The district whose code list the product has.
    static let region = "370404"
    private static let villagesPerTownship = 47
    /// Every village has so many households; 329 villages make a district of 20,069.
    static let householdsPerVillage = 61

    /// A village and its station.
    struct Village {
        let code: String
        let staff: String
        var homes: [Home] = []
    }

    /// Why a household is in the plan.
    enum Fate: Equatable {
        case notAssisted
        case dibao
        case tekun
        case care
        case expense, urgent
        case rejected
        case pending
    }

    struct Person {
        let id: RecordID
        let name: String
        let number: String
        /// The grade of the certificate; `nil` for who has none.
        var disability: String?
        /// Of age for the elderly allowance.
        let isElder: Bool
    }

    struct Home {
        let id: RecordID
        let place: Int
        let number: String
        let fate: Fate
        let people: [Person]
        let income: RecordID
        let incomeFen: Int64
        let account: RecordID
        let accountNumber: String
        /// The expense of a household that applies for relief, in fen; 0: none out of the usual.
        let expenseFen: Int64
        var head: Person { people[0] }
    }

    private(set) var villages: [Village] = []
    private var random: SplitMix
    private var usedNumbers: Set<String> = []
    /// In milliseconds.
    private var latestID: Int64 = 0

    private static let surnames = Array("张王李刘陈杨赵孙周吴")
    private static let given = ["秀英", "建国", "桂兰", "玉珍", "志强", "淑华", "立军", "红梅", "永福", "小满", "传友", "凤云"]

    /// - Parameter villages: the first so many of the district's 329.
    init(villages count: Int, seed: UInt64) {
        random = SplitMix(state: seed)
        let townships = CodeLists.township.keys.sorted()
        let codes = townships.flatMap { township in
            (1...Self.villagesPerTownship).map { township + String(format: "%03d", 200 + $0) }
        }
        villages = codes.prefix(count).map { Village(code: $0, staff: name()) }
        for index in villages.indices {
            villages[index].homes = (0..<Self.householdsPerVillage).map { home($0, village: index) }
        }
    }

    /// A fresh id, later than all before it, as ids are that are given one after another.
    mutating func id(at now: Instant) -> RecordID {
        latestID = max(latestID + 1, now.milliseconds)
        return .v7(milliseconds: latestID, using: &random)
    }

    mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    private mutating func name() -> String {
        "\(Self.surnames[below(Self.surnames.count)])\(Self.given[below(Self.given.count)])"
    }

    private static let began = Instant("2021-10-08T09:00:00+08:00")!  // a constant of this program

    private static func fate(_ place: Int) -> Fate {
        switch place {
        case ..<24: .dibao
        case ..<27: .tekun
        case ..<33: .care
        case 33: .expense
        case 34: .urgent
        case 35: .pending
        case 36: .rejected
        default: .notAssisted
        }
    }

    private mutating func home(_ place: Int, village: Int) -> Home {
        let fate = Self.fate(place)
        let people = people(of: fate, place: place)
        let serial = village * Self.householdsPerVillage + place
        let isPoor = fate != .notAssisted && fate != .care
        return Home(
            id: id(at: Self.began), place: place, number: String(format: "%03d", place + 1), fate: fate, people: people,
            income: id(at: Self.began), incomeFen: isPoor ? 15_000 + Int64(below(35)) * 1_000 : 300_000,
            account: id(at: Self.began), accountNumber: "62230\(String(format: "%011d", serial))",
            expenseFen: fate == .expense ? 1_200_000 : 0)
    }

    private mutating func people(of fate: Fate, place: Int) -> [Person] {
        let hasElder = fate == .dibao && place % 6 == 0
        let head = hasElder || fate == .tekun ? 1943 : 1968
        let years = fate == .tekun ? [head] : fate == .expense ? [head, 1972] : [head, 1972, 1998]
        let surname = Self.surnames[below(Self.surnames.count)]
        return years.enumerated().map { index, year in
            var person = Person(
                id: id(at: Self.began), name: "\(surname)\(Self.given[below(Self.given.count)])",
                number: identityNumber(year: year), isElder: hasElder && index == 0)
            if fate == .care, index == 0 { person.disability = place % 2 == 0 ? "1" : "2" }
            if fate == .dibao, place % 8 == 3, index == 1 { person.disability = "3" }
            return person
        }
    }

    /// GB 11643, with its check character; no two are the same.
    private mutating func identityNumber(year: Int) -> String {
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        while true {
            let day = String(format: "%04d%02d%02d", year + below(6) - 3, below(12) + 1, below(28) + 1)
            let body = Self.region + day + String(format: "%03d", below(999) + 1)
            guard usedNumbers.insert(body).inserted else { continue }
            let sum = zip(body.utf8, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
            return body + String(Array("10X98765432")[sum % 11])
        }
    }
}
