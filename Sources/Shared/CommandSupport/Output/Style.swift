/// Colour, where a person reads it and has not refused it (NO_COLOR, or a terminal that has none).
package struct Style: Sendable {
    package let isColoured: Bool

    package init(isTerminal: Bool, environment: (String) -> String?) {
        isColoured = isTerminal && environment("NO_COLOR") == nil && environment("TERM") != "dumb"
    }

    package static let output = Style(isTerminal: StandardStream.output.isTerminal, environment: Environment.value)
    package static let errors = Style(isTerminal: StandardStream.errors.isTerminal, environment: Environment.value)

    package func red(_ text: String) -> String { coloured(text, 31) }
    package func yellow(_ text: String) -> String { coloured(text, 33) }
    package func dim(_ text: String) -> String { coloured(text, 2) }

    private func coloured(_ text: String, _ code: Int) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
