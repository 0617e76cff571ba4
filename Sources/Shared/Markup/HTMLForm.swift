/// A form that stands in a page: where it sends what is typed, and what may be typed into it.
package struct HTMLForm: Hashable, Sendable {
    /// What of it is sent: an input, a text area, a list to choose from.
    package struct Control: Hashable, Sendable {
        package let name: String
        /// Of an input its type; else `textarea` or `select`.
        package let type: String
        /// Of an input.
        package let value: String
        /// As people read it: its label's words, of one choice among several the words above them all.
        package let label: String

        package var isHidden: Bool { type == "hidden" }
    }

    /// The address, as it stands in the page.
    package let action: String
    package let controls: [Control]
    /// Its number among the forms of the page.
    let index: Int

    /// Those that people see.
    package var names: Set<String> { Set(controls.filter { !$0.isHidden }.map(\.name)) }

    package func label(of name: String) -> String? {
        controls.first { $0.name == name && !$0.label.isEmpty }?.label
    }
}

extension HTML {
    /// The forms of the page, in their order.
    package var forms: [HTMLForm] {
        var reader = FormReader(labels: [:])
        reader.readLabels(self)
        reader.read(self, form: nil, around: "")
        return reader.forms
    }

    /// The words, as they are.
    package var words: String {
        switch self {
        case .text(let text): text
        case .group(let parts), .element(_, _, let parts): parts.map(\.words).joined()
        case .drawing: ""
        }
    }
}

extension [Attribute] {
    subscript(_ name: String) -> String? { first { $0.name == name }?.value }

    func having(_ name: String, _ value: String?) -> [Attribute] {
        let attribute = Attribute(name, value)
        guard let index = firstIndex(where: { $0.name == name }) else { return self + [attribute] }
        var all = self
        all[index] = attribute
        return all
    }

    func without(_ name: String) -> [Attribute] { filter { $0.name != name } }
}

private struct FormReader {
    private struct Open {
        let action: String
        var controls: [HTMLForm.Control] = []
    }

    var labels: [String: String]
    var forms: [HTMLForm] = []
    private var open: Open?

    init(labels: [String: String]) { self.labels = labels }

    mutating func readLabels(_ page: HTML) {
        switch page {
        case .text, .drawing: break
        case .group(let parts): for part in parts { readLabels(part) }
        case .element(let tag, let attributes, let parts):
            if tag == .label, let id = attributes["for"] { labels[id] = page.words }
            for part in parts { readLabels(part) }
        }
    }

    /// - Parameter around: the words of the label or the legend that stands around a control.
    mutating func read(_ page: HTML, form: Int?, around: String) {
        switch page {
        case .text, .drawing: break
        case .group(let parts): for part in parts { read(part, form: form, around: around) }
        case .element(let tag, let attributes, let parts):
            if tag == .form {
                open = Open(action: attributes["action"] ?? "")
                for part in parts { read(part, form: forms.count, around: "") }
                if let open {
                    forms.append(HTMLForm(action: open.action, controls: open.controls, index: forms.count))
                }
                open = nil
                return
            }
            note(tag, attributes, around: around)
            let inner = tag == .label && around.isEmpty ? page.words : tag == .fieldset ? Self.legend(parts) : around
            for part in parts { read(part, form: form, around: inner) }
        }
    }

    private mutating func note(_ tag: Tag, _ attributes: [Attribute], around: String) {
        guard open != nil, let name = attributes["name"], [.input, .textarea, .select].contains(tag) else { return }
        let type = tag == .input ? attributes["type"] ?? "text" : tag.name
        let label = attributes["id"].flatMap { labels[$0] } ?? around
        open?.controls.append(
            .init(name: name, type: type, value: attributes["value"] ?? "", label: type == "hidden" ? "" : label))
    }

    private static func legend(_ parts: [HTML]) -> String {
        for part in parts {
            switch part {
            case .element(.legend, _, _): return part.words
            case .group(let inner):
                let found = legend(inner)
                if !found.isEmpty { return found }
            default: break
            }
        }
        return ""
    }
}
