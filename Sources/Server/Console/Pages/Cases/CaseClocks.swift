import Assistance
import CommandSupport
import Markup
import SyncEngine

/// The clocks of a case, always in sight.
struct CaseClocks {
    let file: CaseFile

    var bar: HTML {
        let clocks = file.clocks
        guard !clocks.isEmpty || !file.clocksBeyondCalendar.isEmpty else { return .empty }
        return Tag.section(.class(.clocks), .ariaLabel(L("期限", "Clocks"))) {
            for clock in clocks { one(clock) }
            for rule in file.clocksBeyondCalendar {
                Tag.p(.class(.clock, .soon)) {
                    rule.name.label.text() + L("：到期日超出已知的节假日安排", ": ends beyond the known holidays")
                }
            }
        }
    }

    private func one(_ clock: CaseClock) -> HTML {
        Tag.div(.class(.clock, Self.style(clock.state))) {
            Tag.strong(text: words(clock))
            Tag.span {
                clock.rule.name.label.text() + L("（\(clock.rule.rule.code)，", " (\(clock.rule.rule.code), ")
                clock.deadline.term.label.text() + L("）", ")")
            }
            Tag.span(text: L("起 ", "from ") + Self.text(clock.deadline.start))
            Tag.span(text: L("止 ", "due ") + Self.text(clock.deadline.due))
            for note in clock.notes { Tag.small(text: L("说明：", "Note: ") + note) }
        }
    }

    private func words(_ clock: CaseClock) -> String {
        clock.remaining(at: file.at, in: file.calendar)?.label.text() ?? clock.state.label.text()
    }

    static func style(_ state: CaseClock.State) -> StyleClass {
        switch state {
        case .overdue, .late: .late
        case .warning: .soon
        case .running, .met: .fine
        }
    }

    static func text(_ moment: Moment) -> String {
        switch moment {
        case .day(let day): day.description
        case .time(let time): String(PlainText.of(time).prefix(16))
        }
    }
}

extension StyleClass {
    static let clocks = Self("clocks"), clock = Self("clock"), reasons = Self("reasons"), step = Self("step")
    static let evidence = Self("evidence"), sheets = Self("sheets")
}
