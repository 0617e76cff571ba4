import Foundation
import ProgramRunner

/// An element of a page, until the page is replaced.
package struct Element {
    let browser: Browser
    let id: String
    let css: String

    var reference: [String: Any] { [Browser.elementKey: id] }

    /// As it is shown.
    package var text: String {
        get throws { try browser.command("GET", "element/\(id)/text").string ?? "" }
    }
    package var isShown: Bool {
        get throws { try browser.command("GET", "element/\(id)/displayed").bool ?? false }
    }

    /// An attribute, or the property of that name: `value` is what is typed now.
    package func attribute(_ name: String) throws -> String? {
        try browser.evaluate(
            "const [e, n] = arguments; return n === 'value' ? e.value : e.getAttribute(n)", [reference, name]
        ).string
    }

    package func click() throws { try browser.command("POST", "element/\(id)/click", [:]) }
    package func clear() throws { try browser.command("POST", "element/\(id)/clear", [:]) }
    package func type(_ text: String) throws { try browser.command("POST", "element/\(id)/value", ["text": text]) }
}

/// Keys without a character (W3C WebDriver, section 17.4.2).
package enum Key: String, Sendable {
    case enter = "\u{E007}"
    case tab = "\u{E004}"
    case escape = "\u{E00C}"
    case space = " "
    case up = "\u{E013}"
    case down = "\u{E015}"
    case left = "\u{E012}"
    case right = "\u{E014}"
    case home = "\u{E011}"
    case end = "\u{E010}"
    case shift = "\u{E008}"
    case control = "\u{E009}"
    case alt = "\u{E00A}"
}

extension Browser {
    /// The first element that a selector finds; waited for.
    /// - Throws: ``ProgramFailure`` that names the selector and says what the page is.
    package func find(_ css: String) throws -> Element {
        var found: [Element] = []
        try wait(css) {
            found = try all(css)
            return !found.isEmpty
        }
        return found[0]
    }

    /// All elements that a selector finds now.
    package func all(_ css: String) throws -> [Element] {
        try command("POST", "elements", ["using": "css selector", "value": css]).array.compactMap { found in
            found[Self.elementKey].string.map { Element(browser: self, id: $0, css: css) }
        }
    }

    package func text(_ css: String) throws -> String { try find(css).text }

    package func click(_ css: String) throws { try act(css) { try $0.click() } }

    /// Clicks the link or button that says so.
    package func click(text: String) throws {
        let script = """
            const wanted = arguments[0]
            return [...document.querySelectorAll('a, button, summary, input[type=submit]')]
                .find(e => (e.innerText || e.value || '').trim() === wanted && e.getClientRects().length)
            """
        var id: String?
        try wait("a link or button “\(text)”") {
            id = try evaluate(script, [text])[Self.elementKey].string
            return id != nil
        }
        if let id { try Element(browser: self, id: id, css: text).click() }
    }

    /// Replaces what a field holds.
    package func type(_ text: String, into css: String) throws {
        try act(css) { field in
            try field.clear()
            try field.type(text)
        }
    }

    /// Chooses an option by its value, or by what it says.
    /// - Throws: ``ProgramFailure`` that lists the options when there is no such one.
    package func select(_ option: String, in css: String) throws {
        let script = """
            const [list, wanted] = arguments
            const options = [...list.options]
            const found = options.find(o => o.value === wanted) || options.find(o => o.text.trim() === wanted)
            if (!found) return options.map(o => o.value + ' ' + o.text.trim())
            list.value = found.value
            list.dispatchEvent(new Event('input', {bubbles: true}))
            list.dispatchEvent(new Event('change', {bubbles: true}))
            return null
            """
        try act(css) { list in
            let others = try evaluate(script, [list.reference, option])
            if !others.isNull { throw ProgramFailure("\(css) has no \(option): \(others.strings)") }
        }
    }

    /// Sends the form that an element belongs to, as Enter would: with its validity checked and its handlers asked.
    package func submit(_ css: String) throws {
        try act(css) { element in
            let script = "const form = arguments[0].closest('form'); form.requestSubmit(); return form.checkValidity()"
            guard try evaluate(script, [element.reference]).bool == true else {
                throw ProgramFailure("the form of \(css) is not filled in")
            }
        }
    }

    /// Presses keys at the same time, as the element with the focus gets them: `press(.control, .enter)`.
    package func press(_ keys: Key...) throws { try press(keys.map(\.rawValue)) }

    /// Presses a key with a character, such as `press("j")`.
    package func press(_ character: Character) throws { try press([String(character)]) }

    private func press(_ keys: [String]) throws {
        let down = keys.map { ["type": "keyDown", "value": $0] }
        let up = keys.reversed().map { ["type": "keyUp", "value": $0] }
        try command("POST", "actions", ["actions": [["type": "key", "id": "keyboard", "actions": down + up]]])
    }

    /// Acts on an element; once more when the page was replaced meanwhile or something still lay over it.
    private func act(_ css: String, _ body: (Element) throws -> Void) throws {
        var last: DriverError?
        do {
            try wait("to act on \(css)") {
                do {
                    guard let element = try all(css).first else { return false }
                    try body(element)
                    return true
                } catch let error as DriverError where error.isOfTheMoment {
                    last = error
                    return false
                }
            }
        } catch let failure as ProgramFailure {
            throw ProgramFailure([failure.description, last?.description].compactMap(\.self).joined(separator: "\n"))
        }
    }
}

extension DriverError {
    /// It may work a moment later.
    fileprivate var isOfTheMoment: Bool {
        isOfAChangingPage || ["element not interactable", "element click intercepted"].contains(code)
    }
}
