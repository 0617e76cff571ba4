package import SyncEngine

/// Who receives a benefit, month by month (R70; DOMAIN section 8): opening + new − exits ± transfers = closing. Each
/// month opens with what the one before closed with, and closes with what its turns make of it.
package struct BenefitFlow: Sendable {
    /// How often something turned in a month.
    package struct Count: Hashable, Sendable {
        package let programme: Programme
        package let village: Scope
        package let month: Month
        package let kind: Turn.Kind
        package let number: Int

        package init(programme: Programme, village: Scope, month: Month, kind: Turn.Kind, number: Int) {
            self.programme = programme
            self.village = village
            self.month = month
            self.kind = kind
            self.number = number
        }
    }

    /// A programme in a month, in one village or in all.
    package struct Row: Hashable, Sendable {
        package let programme: Programme
        /// `nil`: in all of them, and what moved from one to another is in both columns.
        package let village: Scope?
        package let month: Month
        package let opening: Int
        package let new: Int
        package let exits: Int
        package let movedIn: Int
        package let movedOut: Int

        package var closing: Int { opening + new - exits + movedIn - movedOut }
    }

    /// By programme, village and month: those months in which there is somebody, or something turned.
    package let rows: [Row]

    /// - Parameters:
    ///   - counts: of all months, those before the first one wanted too.
    ///   - isByVillage: a row a village; otherwise one for all.
    package init(_ counts: [Count], from: Month, through: Month, isByVillage: Bool) {
        struct Key: Hashable {
            let programme: Programme
            let village: Scope?
        }
        let series = Dictionary(grouping: counts) { count in
            Key(programme: count.programme, village: isByVillage ? count.village : nil)
        }
        let keys = series.keys.sorted { a, b in
            (a.programme.place, a.village?.code ?? "") < (b.programme.place, b.village?.code ?? "")
        }
        rows = keys.flatMap { key in
            let turns = series[key] ?? []
            var opening = turns.filter { $0.month < from }.reduce(0) { $0 + $1.number * $1.kind.change }
            let byMonth = Dictionary(grouping: turns) { $0.month }
            var rows: [Row] = []
            var month = from
            while month <= through {
                let here = byMonth[month] ?? []
                func sum(_ kind: Turn.Kind) -> Int { here.reduce(0) { $0 + ($1.kind == kind ? $1.number : 0) } }
                let row = Row(
                    programme: key.programme, village: key.village, month: month, opening: opening, new: sum(.new),
                    exits: sum(.exit), movedIn: sum(.movedIn), movedOut: sum(.movedOut))
                if row.opening > 0 || !here.isEmpty { rows.append(row) }
                opening = row.closing
                month = month.next
            }
            return rows
        }
    }
}

extension Programme {
    /// Its place in the order of the document.
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
