package import Foundation
import ProgramRunner

/// What a page is besides its elements: on paper, without scripts, and whether it is still the same one.
extension Browser {
    /// The page on paper, as the print dialogue makes it: on the paper that its stylesheet names, else on US Letter.
    package func pdf() throws -> PDF {
        let made = try chromium("Page.printToPDF", ["preferCSSPageSize": true, "printBackground": true])
        guard let data = made["data"].string.flatMap({ Data(base64Encoded: $0) }) else {
            throw ProgramFailure("no print of \(try url)")
        }
        return PDF(data: data)
    }

    /// Switches the page's own scripts off or on, from the next page on.
    package func setScripts(_ areOn: Bool) throws {
        try chromium("Emulation.setScriptExecutionDisabled", ["value": !areOn])
    }

    /// Marks the page that is shown; ``isSamePage`` is true until another one is loaded.
    package func markPage() throws { _ = try evaluate("window.ruhuStays = true") }

    package var isSamePage: Bool {
        get throws { try evaluate("return window.ruhuStays === true").bool ?? false }
    }

    /// Does what leads to another page, and waits until that one is there.
    package func leave(_ how: () throws -> Void) throws {
        try markPage()
        try how()
        try wait("the next page") {
            try evaluate("return window.ruhuStays !== true && document.readyState === 'complete'").bool ?? false
        }
    }

    /// Presses Tab until the focus is on what a selector finds.
    /// - Throws: ``ProgramFailure`` when it is not reached.
    package func tab(to css: String) throws {
        // What scrolls takes the focus too.
        for _ in 0..<300 {
            try press(.tab)
            if try evaluate("return document.activeElement?.matches(arguments[0]) ?? false", [css]).bool == true {
                return
            }
        }
        throw ProgramFailure("Tab does not reach \(css) of \(try url)")
    }

    /// Types where the focus is, key by key.
    package func write(_ text: String) throws {
        for character in text { try press(character) }
    }

    /// The first bytes of a file that a link of the page leads to, taken with the session of the page.
    package func firstBytes(of path: String, count: Int = 4) throws -> [UInt8] {
        let script = """
            return fetch(arguments[0], {credentials: 'same-origin'})
                .then(answer => answer.ok ? answer.arrayBuffer() : Promise.reject(new Error('' + answer.status)))
                .then(bytes => [...new Uint8Array(bytes).slice(0, arguments[1])])
            """
        return try evaluate(script, [path, count]).array.compactMap { $0.int.map { UInt8(truncatingIfNeeded: $0) } }
    }

    /// The text of the file that a form gives out, as it is filled in.
    package func fileOf(form css: String) throws -> String {
        let script = """
            const form = document.querySelector(arguments[0])
            const body = new URLSearchParams(new FormData(form))
            return fetch(form.action, {method: 'POST', body, credentials: 'same-origin'})
                .then(answer => answer.ok ? answer.text() : Promise.reject(new Error('' + answer.status)))
            """
        return try evaluate(script, [css]).string ?? ""
    }

    /// The text of a file that a link of the page leads to.
    package func text(of path: String) throws -> String {
        try evaluate("return fetch(arguments[0], {credentials: 'same-origin'}).then(a => a.text())", [path]).string
            ?? ""
    }
}

/// A print of a page.
package struct PDF {
    package let data: Data

    private var text: String { String(decoding: data, as: Unicode.ASCII.self) }

    /// Width and height of each sheet, in points, rounded.
    package var sheets: [[Int]] {
        text.components(separatedBy: "/MediaBox [").dropFirst().map { part in
            part.prefix { $0 != "]" }.split(separator: " ").suffix(2).map { Int((Double($0) ?? 0).rounded()) }
        }
    }

    /// A4 upright.
    package static let a4 = [595, 842]
}
