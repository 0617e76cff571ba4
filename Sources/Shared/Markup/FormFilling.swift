/// What a form is filled in with once more: what was typed into it before.
package struct FormFilling: Sendable {
    /// In the order in which they were sent.
    package var fields: [(name: String, value: String)]
    /// Hidden fields whose value is this again, rather than the page's own.
    package var kept: [String: String]
    /// What is wrong with a field, said beside it.
    package var wrong: [String: String]
    /// Stands above everything in the form; its id is ``noticeID``.
    package var notice: HTML

    package static let noticeID = "problem"

    package init(
        fields: [(name: String, value: String)], kept: [String: String] = [:], wrong: [String: String] = [:],
        notice: HTML
    ) {
        self.fields = fields
        self.kept = kept
        self.wrong = wrong
        self.notice = notice
    }
}

extension HTML {
    /// The page with one of its forms filled in, and what the form is folded into opened. A password is never filled in,
    /// nor a file; what cannot be chosen is not.
    package func filling(_ form: HTMLForm, with filling: FormFilling) -> HTML {
        var filler = FormFiller(index: form.index, filling: filling)
        return filler.filled(self).page
    }
}

private struct FormFiller {
    let index: Int
    let filling: FormFilling
    private var passed = 0
    private var isInside = false
    /// How many of a name were filled in.
    private var taken: [String: Int] = [:]
    /// Fields whose error stands already.
    private var told: Set<String> = []

    init(index: Int, filling: FormFilling) {
        self.index = index
        self.filling = filling
    }

    /// - Returns: whether the form stands in it.
    mutating func filled(_ page: HTML) -> (page: HTML, hasForm: Bool) {
        switch page {
        case .text, .drawing: return (page, false)
        case .group(let parts):
            let (parts, hasForm) = filled(parts)
            return (.group(parts), hasForm)
        case .element(let tag, let attributes, let parts):
            if tag == .form { return form(attributes, parts) }
            if isInside, let control = control(tag, attributes, parts) { return (control, false) }
            let (inner, hasForm) = filled(isInside && tag == .fieldset ? telling(parts) : parts)
            let opened = hasForm && tag == .details ? attributes.having("open", nil) : attributes
            return (.element(tag, opened, inner), hasForm)
        }
    }

    private mutating func filled(_ parts: [HTML]) -> ([HTML], Bool) {
        var hasForm = false
        let all = parts.map { part in
            let (page, found) = filled(part)
            hasForm = hasForm || found
            return page
        }
        return (all, hasForm)
    }

    private mutating func form(_ attributes: [Attribute], _ parts: [HTML]) -> (HTML, Bool) {
        defer { passed += 1 }
        guard passed == index else { return (.element(.form, attributes, parts), false) }
        isInside = true
        defer { isInside = false }
        return (.element(.form, attributes, [filling.notice] + filled(parts).0), true)
    }

    // MARK: - Controls

    private mutating func control(_ tag: Tag, _ attributes: [Attribute], _ parts: [HTML]) -> HTML? {
        guard let name = attributes["name"] else { return nil }
        switch tag {
        case .input:
            switch attributes["type"] ?? "text" {
            case "hidden":
                guard let kept = filling.kept[name] else { return .element(tag, attributes, parts) }
                return .element(tag, attributes.having("value", kept), parts)
            case "password", "file": return marked(name, tag, attributes, parts)
            case "radio", "checkbox":
                let isTicked = filling.fields.contains { $0.name == name && $0.value == attributes["value"] ?? "on" }
                let rest = attributes.without("checked")
                return .element(tag, marks(name, isTicked ? rest + [.checked] : rest), parts)
            default:
                return marked(name, tag, next(name).map { attributes.having("value", $0) } ?? attributes, parts)
            }
        case .textarea:
            // The first line's end after the tag is none of the text's.
            let typed = next(name).map { $0.hasPrefix("\n") ? "\n" + $0 : $0 }
            return marked(name, tag, attributes, typed.map { [.text($0)] } ?? parts)
        case .select:
            guard let typed = next(name) else { return marked(name, tag, attributes, parts) }
            return marked(name, tag, attributes, Self.offers(typed, parts) ? Self.chosen(typed, parts) : parts)
        default: return nil
        }
    }

    private mutating func next(_ name: String) -> String? {
        let all = filling.fields.filter { $0.name == name }
        let index = taken[name, default: 0]
        taken[name] = index + 1
        return index < all.count ? all[index].value : nil
    }

    private func marks(_ name: String, _ attributes: [Attribute]) -> [Attribute] {
        guard filling.wrong[name] != nil else { return attributes }
        let about = told.contains(name) ? Self.errorID(name) : FormFilling.noticeID
        let described = ([about] + [attributes["aria-describedby"]].compactMap(\.self)).joined(separator: " ")
        return attributes.having("aria-invalid", "true").having("aria-describedby", described)
    }

    private mutating func marked(
        _ name: String, _ tag: Tag, _ attributes: [Attribute], _ parts: [HTML]
    ) -> HTML {
        guard let wrong = filling.wrong[name], told.insert(name).inserted else {
            return .element(tag, marks(name, attributes), parts)
        }
        return .group([Self.error(name, wrong), .element(tag, marks(name, attributes), parts)])
    }

    /// Of boxes to tick it is said once, below the words that stand above them all.
    private mutating func telling(_ parts: [HTML]) -> [HTML] {
        guard let name = filling.wrong.keys.sorted().first(where: { Self.isTicked($0, in: parts) }),
            let wrong = filling.wrong[name], told.insert(name).inserted
        else { return parts }
        return Self.belowLegend(Self.error(name, wrong), parts)
    }

    private static func belowLegend(_ error: HTML, _ parts: [HTML]) -> [HTML] {
        guard let first = parts.first else { return [error] }
        switch first {
        case .element(.legend, _, _): return [first, error] + parts.dropFirst()
        case .group(let inner): return [.group(belowLegend(error, inner))] + parts.dropFirst()
        default: return [error] + parts
        }
    }

    private static func isTicked(_ name: String, in parts: [HTML]) -> Bool {
        parts.contains { part in
            switch part {
            case .group(let inner): isTicked(name, in: inner)
            case .element(.input, let attributes, _):
                attributes["name"] == name && ["radio", "checkbox"].contains(attributes["type"])
            case .element(_, _, let inner): isTicked(name, in: inner)
            case .text, .drawing: false
            }
        }
    }

    private static func error(_ name: String, _ wrong: String) -> HTML {
        Tag.p(.class(StyleClass("error")), .id(errorID(name)), text: wrong)
    }

    private static func errorID(_ name: String) -> String { "wrong-\(name)" }

    // MARK: - Options

    private static func offers(_ value: String, _ parts: [HTML]) -> Bool {
        parts.contains { part in
            switch part {
            case .group(let inner): offers(value, inner)
            case .element(.option, let attributes, _): attributes["value"] == value
            case .element(_, _, let inner): offers(value, inner)
            case .text, .drawing: false
            }
        }
    }

    private static func chosen(_ value: String, _ parts: [HTML]) -> [HTML] {
        parts.map { part in
            switch part {
            case .group(let inner): return .group(chosen(value, inner))
            case .element(.option, let attributes, let words):
                let rest = attributes.without("selected")
                return .element(.option, attributes["value"] == value ? rest + [.selected] : rest, words)
            case .element(let tag, let attributes, let inner):
                return .element(tag, attributes, chosen(value, inner))
            case .text, .drawing: return part
            }
        }
    }
}
