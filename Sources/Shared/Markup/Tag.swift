/// An element's name: a closed list.
package struct Tag: Hashable, Sendable {
    enum Form {
        /// Ends a line of the source, so that people can compare pages.
        case block
        case inline
        /// Has no content and no end.
        case void
    }

    let name: String
    let form: Form

    private init(_ name: String, _ form: Form = .block) {
        self.name = name
        self.form = form
    }

    package static let h1 = Tag("h1"), h2 = Tag("h2"), h3 = Tag("h3"), p = Tag("p"), div = Tag("div")
    package static let section = Tag("section"), article = Tag("article"), header = Tag("header")
    package static let footer = Tag("footer"), main = Tag("main"), nav = Tag("nav"), aside = Tag("aside")
    package static let table = Tag("table"), caption = Tag("caption"), thead = Tag("thead"), tbody = Tag("tbody")
    package static let tfoot = Tag("tfoot"), tr = Tag("tr"), th = Tag("th", .inline), td = Tag("td", .inline)
    package static let ul = Tag("ul"), ol = Tag("ol"), li = Tag("li")
    package static let dl = Tag("dl"), dt = Tag("dt", .inline), dd = Tag("dd")
    package static let form = Tag("form"), fieldset = Tag("fieldset"), legend = Tag("legend"), label = Tag("label")
    package static let select = Tag("select"), option = Tag("option"), textarea = Tag("textarea")
    package static let details = Tag("details"), summary = Tag("summary")
    package static let figure = Tag("figure"), figcaption = Tag("figcaption")
    package static let span = Tag("span", .inline), a = Tag("a", .inline), strong = Tag("strong", .inline)
    package static let em = Tag("em", .inline), code = Tag("code", .inline), small = Tag("small", .inline)
    package static let time = Tag("time", .inline), button = Tag("button", .inline), mark = Tag("mark", .inline)
    package static let del = Tag("del", .inline), ins = Tag("ins", .inline)
    package static let input = Tag("input", .void), img = Tag("img", .void), br = Tag("br", .void)

    /// The element with these parts: `Tag.td(.class(.number)) { amount }`.
    package func callAsFunction(
        _ attributes: Attribute?..., @HTMLBuilder content: () throws -> HTML
    ) rethrows -> HTML {
        .element(self, attributes.compactMap(\.self), [try content()])
    }

    /// The element without any.
    package func callAsFunction(_ attributes: Attribute?...) -> HTML {
        .element(self, attributes.compactMap(\.self), [])
    }

    /// The element with a text in it.
    package func callAsFunction(_ attributes: Attribute?..., text: String) -> HTML {
        .element(self, attributes.compactMap(\.self), [.text(text)])
    }
}

/// An attribute: a closed list of names, values escaped.
package struct Attribute: Hashable, Sendable {
    let name: String
    /// `nil` for one that is there or not.
    let value: String?

    init(_ name: String, _ value: String?) {
        self.name = name
        self.value = value
    }

    func write(to page: inout String) {
        page += " "
        page += name
        guard let value else { return }
        page += "=\""
        HTML.escape(value, to: &page)
        page += "\""
    }

    package static func `class`(_ styles: StyleClass...) -> Attribute {
        Attribute("class", styles.map(\.name).joined(separator: " "))
    }
    package static func id(_ id: String) -> Attribute { Attribute("id", id) }
    package static func href(_ link: Link) -> Attribute { Attribute("href", link.text) }
    package static func src(_ link: Link) -> Attribute { Attribute("src", link.text) }
    package static func action(_ link: Link) -> Attribute { Attribute("action", link.text) }
    package static func alt(_ text: String) -> Attribute { Attribute("alt", text) }
    package static func title(_ text: String) -> Attribute { Attribute("title", text) }
    package static func lang(_ code: String) -> Attribute { Attribute("lang", code) }
    package static func datetime(_ text: String) -> Attribute { Attribute("datetime", text) }
    package static func colspan(_ count: Int) -> Attribute { Attribute("colspan", String(count)) }
    package static func scope(_ scope: Scope) -> Attribute { Attribute("scope", scope.rawValue) }
    package static func method(_ method: Method) -> Attribute { Attribute("method", method.rawValue) }
    package static func type(_ type: InputType) -> Attribute { Attribute("type", type.rawValue) }
    package static func name(_ name: String) -> Attribute { Attribute("name", name) }
    package static func value(_ value: String) -> Attribute { Attribute("value", value) }
    package static func placeholder(_ text: String) -> Attribute { Attribute("placeholder", text) }
    package static func autocomplete(_ text: String) -> Attribute { Attribute("autocomplete", text) }
    package static func maxlength(_ count: Int) -> Attribute { Attribute("maxlength", String(count)) }
    package static func rows(_ count: Int) -> Attribute { Attribute("rows", String(count)) }
    package static func `for`(_ id: String) -> Attribute { Attribute("for", id) }
    package static func accept(_ types: String) -> Attribute { Attribute("accept", types) }
    package static func pattern(_ pattern: String) -> Attribute { Attribute("pattern", pattern) }
    package static func ariaLabel(_ text: String) -> Attribute { Attribute("aria-label", text) }
    package static func ariaDescribedBy(_ id: String) -> Attribute { Attribute("aria-describedby", id) }
    package static func role(_ role: String) -> Attribute { Attribute("role", role) }
    /// `-1`: may be given the focus, and is not on the way of the tab key.
    package static func tabindex(_ index: Int) -> Attribute { Attribute("tabindex", String(index)) }
    /// The place of a page that is brought up to date while people look at it.
    package static func live(_ seq: String) -> Attribute { Attribute("data-live", seq) }

    /// The text field that a chosen file's content goes into, where scripts run.
    package static func fills(_ id: String) -> Attribute { Attribute("data-fills", id) }

    package static let required = Attribute("required", nil), checked = Attribute("checked", nil)
    package static let selected = Attribute("selected", nil), disabled = Attribute("disabled", nil)
    package static let autofocus = Attribute("autofocus", nil), multiple = Attribute("multiple", nil)
    package static let open = Attribute("open", nil), download = Attribute("download", nil)
    package static let ariaCurrent = Attribute("aria-current", "page")
    package static let multipart = Attribute("enctype", "multipart/form-data")

    package enum Scope: String, Sendable { case row, col }
    package enum Method: String, Sendable { case get, post }
    package enum InputType: String, Sendable {
        case text, password, hidden, radio, checkbox, date, month, number, submit, button, file, search
    }
}

/// The name of a style of our own stylesheets.
package struct StyleClass: Hashable, Sendable {
    let name: String

    package init(_ name: String) { self.name = name }
}

/// An address of this server: a path whose parts are percent-encoded, and a query. No other scheme can be written.
package struct Link: Hashable, Sendable {
    package let text: String

    /// - Parameters:
    ///   - parts: of the path, as they are: `["cases", id]`.
    ///   - query: pairs, as they are; those without a value are left out.
    package init(_ parts: [String], query: [(String, String?)] = []) {
        let path = "/" + parts.map(Self.encoded).joined(separator: "/")
        let pairs = query.compactMap { name, value in value.map { "\(Self.encoded(name))=\(Self.encoded($0))" } }
        text = pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    package init(_ parts: String..., query: [(String, String?)] = []) { self.init(parts, query: query) }

    private init(text: String) { self.text = text }

    /// The same page, at a place of it.
    package static func fragment(_ id: String) -> Link { Link(text: "#" + encoded(id)) }

    /// RFC 3986: unreserved characters stand as they are.
    package static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }
}
