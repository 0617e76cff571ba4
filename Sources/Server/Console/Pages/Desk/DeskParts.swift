import Assistance
import CommandSupport
import Markup
import SyncEngine

/// What the pages of the desk share: names of records, filters, the next page.
enum DeskParts {
    /// Rows of a list.
    static let pageRows = 50

    /// How people call a household: its number and address.
    static func name(of household: Linked) -> String {
        let parts = ["number", "address"].compactMap { household.text($0) }
        return parts.isEmpty ? L("（没有编号的住户）", "(household without a number)") : parts.joined(separator: " ")
    }

    static func personName(_ member: Linked?) -> String? { member.map { $0.text("name") ?? L("（没有姓名）", "(no name)") } }

    /// A form that asks the same page for less.
    static func filters(_ action: Link, @HTMLBuilder content: () -> HTML) -> HTML {
        let content = content()
        return Tag.form(.class(.filters), .action(action), .method(.get), .role("search")) {
            content
            Tag.div(.class(.buttons)) { Tag.button(.type(.submit), text: L("查看", "Show")) }
        }
    }

    /// Where the list goes on; nothing at its end.
    static func next(_ link: Link?) -> HTML {
        guard let link else { return .empty }
        return Tag.p(.class(.pages)) { Parts.link(L("下一页", "Next page"), link) }
    }

    static func joined(_ names: [String]) -> String { names.joined(separator: L("、", ", ")) }

    /// What a page says to who may look but not act.
    static func onlyLooking(_ person: Person) -> HTML {
        Parts.note(
            L("您的岗位（\(person.role.label.text())）只能查看。", "As \(person.role.label.text()) you may look, not decide."))
    }
}

/// Rows of a list that is read whole, a page at a time: the place is the key of the last row shown.
struct ListPage<Row> {
    let rows: [Row]
    let next: String?

    /// - Parameter key: of a row; the rows are in the order of their keys.
    init(_ all: [Row], after place: String?, key: (Row) -> String) {
        let rest = place.map { place in all.drop { key($0) <= place } } ?? all[...]
        rows = Array(rest.prefix(DeskParts.pageRows))
        next = rest.count > rows.count ? rows.last.map(key) : nil
    }
}
