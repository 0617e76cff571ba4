import Markup

extension StyleClass {
    static let head = Self("head"), office = Self("office"), facts = Self("facts"), fill = Self("fill")
    static let number = Self("number"), code = Self("code"), seal = Self("seal"), sign = Self("sign")
    static let small = Self("small"), note = Self("note"), watermark = Self("watermark"), posted = Self("posted")
}

/// What the bodies of documents are written with.
extension HTML {
    static func element(_ tag: Tag, _ style: StyleClass?, span: Int, _ parts: [HTML]) -> HTML {
        .element(tag, [style.map { .class($0) }, span > 1 ? .colspan(span) : nil].compactMap(\.self), parts)
    }

    static func p(_ parts: HTML..., style: StyleClass? = nil) -> HTML { .element(.p, style, span: 1, parts) }
    static func h2(_ text: String) -> HTML { .element(.h2, nil, span: 1, [.text(text)]) }
    static func section(_ style: StyleClass? = nil, _ parts: [HTML]) -> HTML {
        .element(.section, style, span: 1, parts)
    }
    static func span(_ text: String, _ style: StyleClass) -> HTML { .element(.span, style, span: 1, [.text(text)]) }
    static func list(_ items: [String]) -> HTML {
        .element(.ol, nil, span: 1, items.map { .element(.li, nil, span: 1, [.text($0)]) })
    }

    /// A value in a sentence, on a line; an empty line to write on where there is none.
    static func fill(_ text: String?) -> HTML { span(text ?? "　　　　　　", .fill) }
}
