package import SyncEngine

/// A month of the calendar: `2026-12`.
package struct Month: Hashable, Comparable, Sendable {
    /// Months since year 0.
    private let number: Int

    private init(number: Int) { self.number = number }

    package init(of day: CalendarDay) {
        let (year, month, _) = day.components
        number = year * 12 + month - 1
    }

    /// What people may type; the months before and after these are there too.
    private static let years = 1900...2199

    /// From `2026-12`; `nil` for what is none.
    package init?(_ text: String) {
        guard text.utf8.count == 7, let day = CalendarDay(text + "-01"), Self.years.contains(day.components.year) else {
            return nil
        }
        self.init(of: day)
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    package init(parsing text: String) throws {
        guard let month = Month(text) else {
            throw Problem(.badValue, text, explanation: Label(zh: "月份写作 2026-12", en: "A month is 2026-12"))
        }
        self = month
    }

    package var year: Int { number / 12 }

    /// The twelve months of a year.
    package static func all(of year: Int) -> [Month] { (0..<12).map { Month(number: year * 12 + $0) } }

    package var next: Month { Month(number: number + 1) }
    package var previous: Month { Month(number: number - 1) }
    package var first: CalendarDay {
        CalendarDay(year: number / 12, month: number % 12 + 1, day: 1)!  // every month has a first
    }
    package var last: CalendarDay { next.first.adding(days: -1) }

    package static func < (a: Month, b: Month) -> Bool { a.number < b.number }
}

extension Month: CustomStringConvertible {
    /// `2026-12`
    package var description: String { String(first.description.prefix(7)) }
}
