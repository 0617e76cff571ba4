import CommandSupport
import Markup
import SyncEngine

/// What pages are put together from. One way for each thing, so that every page reads alike.
enum Parts {
    // MARK: - Forms

    /// A form of this session, filled in on a page that showed the log up to `seen`.
    static func form(
        _ action: Link, _ request: ConsoleRequest, seen: Seq, submit: String, style: StyleClass = .primary,
        @HTMLBuilder content: () -> HTML = { .empty }
    ) -> HTML {
        let content = content()
        return Tag.form(.action(action), .method(.post)) {
            Tag.input(.type(.hidden), .name("form_token"), .value(request.formToken))
            Tag.input(.type(.hidden), .name("seen"), .value(String(seen)))
            Tag.input(.type(.hidden), .name("page"), .value(request.address))
            request.newIDField
            content
            Tag.div(.class(.buttons)) { Tag.button(.type(.submit), .class(style), text: submit) }
        }
    }

    /// A labelled input. The id is made from the name: give a `key` where a page has several forms with the same names.
    static func field(
        _ name: String, _ label: String, type: Attribute.InputType = .text, value: String = "", key: String = "",
        isRequired: Bool = false, help: String? = nil, limit: Int = 500
    ) -> HTML {
        let id = "f-\(key)\(name)"
        return Tag.div(.class(.field)) {
            Tag.label(.for(id), text: label)
            Tag.input(
                .id(id), .type(type), .name(name), .value(value), .maxlength(limit), isRequired ? .required : nil,
                help == nil ? nil : .ariaDescribedBy(id + "-help"))
            if let help { Tag.small(.id(id + "-help"), text: help) }
        }
    }

    static func textarea(
        _ name: String, _ label: String, value: String = "", key: String = "", isRequired: Bool = false,
        help: String? = nil, rows: Int = 2, limit: Int = 2_000
    ) -> HTML {
        let id = "f-\(key)\(name)"
        return Tag.div(.class(.field)) {
            Tag.label(.for(id), text: label)
            Tag.textarea(
                .id(id), .name(name), .rows(rows), .maxlength(limit), isRequired ? .required : nil,
                help == nil ? nil : .ariaDescribedBy(id + "-help"), text: value)
            if let help { Tag.small(.id(id + "-help"), text: help) }
        }
    }

    /// A file whose content the page's script puts into the textarea of an id; whoever has no script pastes it there.
    static func upload(into target: String, _ label: String, accept: String) -> HTML {
        let id = "\(target)-file"
        return Tag.div(.class(.field)) {
            Tag.label(.for(id), text: label)
            Tag.input(.id(id), .type(.file), .accept(accept), .fills(target), .ariaDescribedBy(id + "-help"))
            Tag.small(
                .id(id + "-help"),
                text: L("选文件后内容填入下框；也可直接粘贴。", "Its content goes into the box below; or paste it there."))
        }
    }

    static func select(
        _ name: String, _ label: String, options: [(value: String, text: String)], value: String = "", key: String = "",
        isRequired: Bool = false
    ) -> HTML {
        let id = "f-\(key)\(name)"
        return Tag.div(.class(.field)) {
            Tag.label(.for(id), text: label)
            Tag.select(.id(id), .name(name), isRequired ? .required : nil) {
                for option in options {
                    Tag.option(.value(option.value), option.value == value ? .selected : nil, text: option.text)
                }
            }
        }
    }

    /// Why: every act that changes somebody's mind about a record says it.
    static func reason(key: String = "", help: String? = nil, isRequired: Bool = true) -> HTML {
        field("reason", L("理由", "Reason"), key: key, isRequired: isRequired, help: help)
    }

    // MARK: - Tables

    /// A table that scrolls by itself where it is wider than the screen.
    /// - Parameter stacks: on a phone the columns after the first stand two by two below it, each with its heading.
    static func table(
        _ caption: String, _ headings: [String], rows: [[HTML]], numbers: Set<Int> = [], stacks: Bool = false
    ) -> HTML {
        guard !rows.isEmpty else { return Tag.p(.class(.empty), text: L("没有", "None")) }
        return Tag.div(stacks ? .class(.scroll, .stack) : .class(.scroll)) {
            Tag.table {
                Tag.caption(.class(.hidden), text: caption)
                Tag.thead {
                    Tag.tr {
                        for (index, heading) in headings.enumerated() {
                            Tag.th(.scope(.col), numbers.contains(index) ? .class(.number) : nil, text: heading)
                        }
                    }
                }
                Tag.tbody {
                    for row in rows {
                        Tag.tr {
                            for (index, cell) in row.enumerated() {
                                Tag.td(numbers.contains(index) ? .class(.number) : nil) {
                                    if stacks, index > 0, !cell.isEmpty {
                                        Tag.small(.class(.heading), text: headings[index])
                                    }
                                    cell
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The rows of a ``Table`` as people read them: codes and ids are in its files.
    static func table(_ table: Table, rows: [[Table.Cell]]) -> HTML {
        self.table(table.title.text(), table.columns, rows: rows)
    }

    static func table(_ title: String, _ columns: [Table.Column], rows: [[Table.Cell]]) -> HTML {
        // An id in front is no column for people: what stands first leads to its page.
        let lead = columns.first.flatMap { if case .open(let target) = $0.display { target } else { nil } }
        let shown = columns.indices.filter { columns[$0].display != .hidden && (lead == nil || $0 > 0) }
        let first =
            lead == nil ? nil : shown.first { columns[$0].display == .plain && !places.contains(columns[$0].name) }
        let numbers = shown.indices.filter { place in rows.contains { $0[shown[place]].isFigure } }
        return self.table(
            title, shown.map { places.contains(columns[$0].name) ? L("村居", "Village") : columns[$0].title.text() },
            rows: rows.map { row in
                shown.map { index in
                    guard let lead, index == first ?? shown.first, case .text(let id) = row[0] else {
                        return cell(row, index, of: columns)
                    }
                    let text = row[index].shown
                    return link(text.isEmpty ? L("打开", "Open") : text, Link(lead.rawValue, id))
                }
            }, numbers: Set(numbers))
    }

    /// Columns that hold a village's code.
    private static let places: Set<String> = ["village", "scope"]

    private static func cell(_ row: [Table.Cell], _ index: Int, of columns: [Table.Column]) -> HTML {
        let text = row[index].shown
        if places.contains(columns[index].name) { return Shown.village(text) }
        func link(_ text: String, _ target: Table.Target, _ id: Table.Cell?) -> HTML {
            guard case .text(let id)? = id else { return .text(text) }
            return Parts.link(text.isEmpty ? L("打开", "Open") : text, Link(target.rawValue, id))
        }
        switch columns[index].display {
        case .plain, .hidden: return .text(text)
        case .open(let target): return link("", target, row[index])
        case .link(let target, let column):
            return link(text, target, columns.firstIndex { $0.name == column }.map { row[$0] })
        }
    }

    static func facts(_ facts: [(label: String, value: HTML)]) -> HTML {
        Tag.dl(.class(.facts)) {
            for fact in facts where !fact.value.isEmpty {
                Tag.div {
                    Tag.dt(text: fact.label)
                    Tag.dd { fact.value }
                }
            }
        }
    }

    // MARK: - Words

    static func link(_ text: String, _ link: Link) -> HTML { Tag.a(.href(link), text: text) }

    static func badge(_ text: String, _ style: StyleClass) -> HTML { Tag.span(.class(.badge, style), text: text) }

    static func time(_ instant: Instant) -> HTML {
        Tag.time(.datetime(instant.description), text: Shown.time(instant))
    }

    static func panel(_ title: String, id: String? = nil, @HTMLBuilder content: () -> HTML) -> HTML {
        let content = content()
        return Tag.section(.class(.panel), id.map { .id($0) }) {
            Tag.h2(text: title)
            content
        }
    }

    /// A command that whoever checks this office's work runs elsewhere: folded away from those who do the work.
    static func command(_ summary: String, _ command: String) -> HTML {
        Tag.details {
            Tag.summary(text: summary)
            Tag.code(text: command)
        }
    }

    static func note(_ text: String, _ style: StyleClass = .mild) -> HTML { Tag.p(.class(.hint, style), text: text) }
}
