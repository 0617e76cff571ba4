package import SyncEngine

/// Finds who is recorded twice, and who receives what excludes each other. Pure: people in, duplicates out, in an order
/// that depends on nothing but the ids.
package struct DuplicateFinder: Sendable {
    /// A live member who lives in the household; one who has moved away is no duplicate of himself elsewhere.
    package struct Person: Hashable, Sendable {
        package var member: RecordID
        /// ``IdentityNumber/person(_:)``.
        package var number: String
        /// The household, or the one that it was merged into.
        package var household: RecordID?
        package var scope: Scope
        /// Named as the head, or recorded as the head or the applicant himself (GB/T 4761: 01, 02).
        package var isHead: Bool

        package init(member: RecordID, number: String, household: RecordID?, scope: Scope, isHead: Bool) {
            self.member = member
            self.number = number
            self.household = household
            self.scope = scope
            self.isHead = isHead
        }
    }

    /// A benefit in force.
    package struct Benefit: Hashable, Sendable {
        package var application: RecordID
        package var programme: Programme
        /// For whom: ``IdentityNumber/person(_:)``.
        package var numbers: Set<String>

        package init(application: RecordID, programme: Programme, numbers: Set<String>) {
            self.application = application
            self.programme = programme
            self.numbers = numbers
        }
    }

    /// Each record is compared with so many before it that have the same number, so that a number which a whole village
    /// shares by mistake does not make work without end.
    static let comparedBefore = 5

    /// - Parameters:
    ///   - people: everyone whose number is shared, and everyone else of their households.
    ///   - isDismissed: whether a clerk has said of the duplicate with this id that it is none: of two households that
    ///     are not the same, the people may still be.
    package static func twice(
        _ people: [Person], isDismissed: (RecordID) throws -> Bool
    ) rethrows -> [Duplicate] {
        let households = Dictionary(grouping: people.filter { $0.household != nil }) { $0.household }
        var found: Set<Duplicate> = []
        for group in Dictionary(grouping: people, by: \.number).values where group.count > 1 {
            for (a, b) in pairs(group.sorted { $0.member < $1.member }) {
                found.insert(try duplicate(a, b, in: households, isDismissed: isDismissed))
            }
        }
        return sorted(found)
    }

    private static func duplicate(
        _ a: Person, _ b: Person, in households: [RecordID?: [Person]], isDismissed: (RecordID) throws -> Bool
    ) rethrows -> Duplicate {
        guard let first = a.household, let second = b.household, first != second else {
            return Duplicate(.onePersonTwice, a.member, b.member)
        }
        if isSame(households[first] ?? [], households[second] ?? []) {
            let whole = Duplicate(.householdTwice, first, second)
            if try !isDismissed(whole.id) { return whole }
        }
        return Duplicate(a.scope == b.scope ? .twoHouseholds : .twoVillages, a.member, b.member)
    }

    /// One household recorded twice has the same head, or the same people.
    private static func isSame(_ a: [Person], _ b: [Person]) -> Bool {
        let heads = [a, b].map { Set($0.filter(\.isHead).map(\.number)) }
        if !heads[0].isDisjoint(with: heads[1]) { return true }
        return Set(a.map(\.number)) == Set(b.map(\.number))
    }

    /// - Parameter exclusions: per programme, beside which others it is not paid.
    package static func excluded(
        _ benefits: [Benefit], exclusions: [Programme: Set<Programme>]
    ) -> [Duplicate] {
        var byNumber: [String: [Benefit]] = [:]
        for benefit in benefits { for number in benefit.numbers { byNumber[number, default: []].append(benefit) } }
        var found: Set<Duplicate> = []
        for group in byNumber.values where group.count > 1 {
            for (a, b) in pairs(group.sorted { $0.application < $1.application }) {
                let isExcluded =
                    exclusions[a.programme]?.contains(b.programme) ?? false
                    || exclusions[b.programme]?.contains(a.programme) ?? false
                if isExcluded { found.insert(Duplicate(.twoProgrammes, a.application, b.application)) }
            }
        }
        return sorted(found)
    }

    /// What the packs say (`….excluded_by`), and what holds by law: who is supported as 特困 does not receive 低保 as well.
    /// - Parameter pack: the one in force; what it does not say excludes nothing.
    package static func exclusions(of pack: PolicyPack?, on day: CalendarDay) -> [Programme: Set<Programme>] {
        var exclusions: [Programme: Set<Programme>] = [.tekun: [.dibao]]
        for programme in Programme.allCases {
            guard let parameter = try? pack?.parameter("\(programme.rawValue).excluded_by", on: day),
                case .codes(let codes) = parameter.value
            else { continue }
            exclusions[programme, default: []].formUnion(codes.compactMap { Programme(rawValue: $0) })
        }
        return exclusions
    }

    private static func pairs<T>(_ sorted: [T]) -> [(T, T)] {
        sorted.indices.flatMap { index in
            sorted[max(0, index - comparedBefore)..<index].map { ($0, sorted[index]) }
        }
    }

    private static func sorted(_ found: Set<Duplicate>) -> [Duplicate] {
        found.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
    }
}
