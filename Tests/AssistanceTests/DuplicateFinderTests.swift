import SyncEngine
import Testing

@testable import Assistance

/// Who is on record twice, as a decision over people.
@Suite struct DuplicateFinderTests {
    private static let village = Scope("370404101201")
    private static let other = Scope("370404101202")

    private func id(_ number: UInt64) -> RecordID { RecordID(high: 1, low: number) }

    private func person(
        _ member: UInt64, _ number: String, in household: UInt64, _ scope: Scope = village, isHead: Bool = false
    ) -> DuplicateFinder.Person {
        DuplicateFinder.Person(
            member: id(member), number: number, household: id(household), scope: scope, isHead: isHead)
    }

    private func found(_ people: [DuplicateFinder.Person]) -> [Duplicate] {
        DuplicateFinder.twice(people) { _ in false }
    }

    @Test(arguments: [
        ("11010519491231002X", "11010519491231002"), ("11010519491231002x", "11010519491231002"),
        ("110105491231002", "11010519491231002"), ("440524188001010014", "44052418800101001"),
        ("4405248001010014", nil), ("", nil), ("1101051949123100XX", nil), ("１１010519491231002X", nil),
    ]) func aPersonIsTheSameHoweverTheNumberIsWritten(text: String, person: String?) {
        #expect(IdentityNumber.person(text) == person)
    }

    @Test func whereTheTwoAreSaysWhatItIs() {
        let people = [
            person(1, "A", in: 100, isHead: true), person(2, "A", in: 100), person(3, "B", in: 100),
            person(4, "B", in: 200), person(5, "C", in: 200, isHead: true), person(6, "D", in: 100),
            person(7, "D", in: 300, Self.other),
        ]
        let found = self.found(people)
        #expect(
            found == [
                Duplicate(.onePersonTwice, id(1), id(2)), Duplicate(.twoHouseholds, id(3), id(4)),
                Duplicate(.twoVillages, id(6), id(7)),
            ])
    }

    @Test func aHouseholdWithTheSameHeadIsOneHouseholdAndDismissedItsPeopleAreProposed() {
        let people = [
            person(1, "A", in: 100, isHead: true), person(2, "B", in: 100), person(3, "A", in: 200, isHead: true),
            person(4, "C", in: 200),
        ]
        let whole = Duplicate(.householdTwice, id(100), id(200))
        #expect(found(people) == [whole])
        #expect(
            DuplicateFinder.twice(people) { $0 == whole.id } == [Duplicate(.twoHouseholds, id(1), id(3))])
    }

    @Test func theOrderOfThePeopleChangesNothing() {
        var random = SystemRandomNumberGenerator()
        let people = (0..<200).map { (index: UInt64) -> DuplicateFinder.Person in
            person(index, "\(index % 60)", in: 1000 + index / 4, isHead: index % 4 == 0)
        }
        let found = self.found(people)
        #expect(!found.isEmpty)
        for _ in 0..<20 { #expect(self.found(people.shuffled(using: &random)) == found) }
    }

    @Test func aPairHasOneRecordWhicheverCameFirst() {
        var seen: Set<RecordID> = []
        for index in 0..<500 {
            let (a, b) = (id(UInt64(index)), id(UInt64(index) * 7 + 1_000))
            #expect(DuplicateRecord.id(of: a, b) == DuplicateRecord.id(of: b, a))
            seen.insert(DuplicateRecord.id(of: a, b))
        }
        #expect(seen.count == 500)
    }

    @Test func aNumberThatAWholeVillageSharesMakesNoWorkWithoutEnd() {
        let people = (0..<1_000).map { person(UInt64($0), "A", in: UInt64(2_000 + $0)) }
        #expect(found(people).count <= 1_000 * DuplicateFinder.comparedBefore)
    }

    @Test func benefitsThatExcludeEachOtherAreFound() {
        let exclusions = DuplicateFinder.exclusions(of: .yicheng2020, on: CalendarDay("2021-03-01")!)
        #expect(exclusions[.disabilityLiving] == [.tekun] && exclusions[.tekun] == [.dibao])
        let benefits = [
            DuplicateFinder.Benefit(application: id(1), programme: .dibao, numbers: ["A", "B"]),
            DuplicateFinder.Benefit(application: id(2), programme: .tekun, numbers: ["B"]),
            DuplicateFinder.Benefit(application: id(3), programme: .elderlyAllowance, numbers: ["B"]),
            DuplicateFinder.Benefit(application: id(4), programme: .disabilityLiving, numbers: ["C"]),
            DuplicateFinder.Benefit(application: id(5), programme: .tekun, numbers: ["C"]),
        ]
        #expect(
            DuplicateFinder.excluded(benefits, exclusions: exclusions) == [
                Duplicate(.twoProgrammes, id(1), id(2)), Duplicate(.twoProgrammes, id(4), id(5)),
            ])
    }
}
