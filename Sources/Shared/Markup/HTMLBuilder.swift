/// Pages are written as Swift: elements, texts, `if` and `for`.
@resultBuilder package enum HTMLBuilder {
    package static func buildExpression(_ part: HTML) -> HTML { part }
    package static func buildExpression(_ text: String) -> HTML { .text(text) }
    package static func buildExpression(_ part: HTML?) -> HTML { part ?? .empty }
    package static func buildBlock(_ parts: HTML...) -> HTML { .group(parts) }
    package static func buildArray(_ parts: [HTML]) -> HTML { .group(parts) }
    package static func buildOptional(_ part: HTML?) -> HTML { part ?? .empty }
    package static func buildEither(first part: HTML) -> HTML { part }
    package static func buildEither(second part: HTML) -> HTML { part }
}
