package import SyncEngine

/// The household of a case moved to another village.
package struct Relocation: Hashable, Sendable {
    package let seq: Seq
    package let on: CalendarDay
    /// The village that it left.
    package let from: Scope

    package init(seq: Seq, on day: CalendarDay, from village: Scope) {
        self.seq = seq
        on = day
        from = village
    }
}

/// A change in who receives a benefit, in one village (DOMAIN section 8: opening + new − exits ± transfers = closing).
package struct Turn: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The benefit comes into force, and is in force no more.
        case new, exit
        /// It goes on in another village: there, and here.
        case movedIn = "moved_in"
        case movedOut = "moved_out"

        /// What it adds to those who receive it.
        package var change: Int { self == .new || self == .movedIn ? 1 : -1 }
    }

    package let kind: Kind
    package let on: CalendarDay
    package let village: Scope

    package init(_ kind: Kind, on day: CalendarDay, in village: Scope) {
        self.kind = kind
        on = day
        self.village = village
    }

    /// The turns of a case, by its steps and its moves in the order of the log: they add up to whether it is in force.
    static func of(_ file: CaseFile, relocations: [Relocation]) -> [Turn] {
        let present = file.application.record.scope
        var turns: [Turn] = []
        var isInForce = false
        var village = relocations.first?.from ?? present
        var places = relocations[...]
        func relocate(before seq: Seq) {
            while let left = places.first, left.seq < seq {
                places.removeFirst()
                let next = places.first?.from ?? present
                if isInForce, next != village {
                    turns += [Turn(.movedOut, on: left.on, in: village), Turn(.movedIn, on: left.on, in: next)]
                }
                village = next
            }
        }
        func turn(_ isNow: Bool, on day: CalendarDay) {
            guard isNow != isInForce else { return }
            isInForce = isNow
            turns.append(Turn(isNow ? .new : .exit, on: day, in: village))
        }
        let applied = file.application.day("applied_at") ?? CalendarDay(daysSinceEpoch: 0)
        for move in file.moves {
            relocate(before: move.record.seq)
            let state = move.text("to").flatMap(CaseState.init)
            turn(state?.isInForce ?? isInForce, on: move.day("at") ?? applied)
        }
        // A status that no step explains counts from the last step on record.
        turn(file.status?.isInForce ?? false, on: file.moves.last?.day("at") ?? applied)
        relocate(before: .max)
        return turns
    }
}
