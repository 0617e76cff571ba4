package import Foundation
package import ProgramRunner

/// A headless Chromium with one window, driven as a person would: find, click, type, press.
///
///     let browser = try Browser.open()
///     try browser.go(console + "/login")
///     try browser.type("li", into: "input[name=user]")
///     try browser.click("button[type=submit]")
///     try browser.wait("the desk's day") { try browser.text("h1") == "今日" }
///     #expect(try browser.complaints() == [])
///
/// Blocking: a test runs it on a thread of its own (`onThread`). Everything that looks for an element waits for it a
/// while; what is not there then is told with the page's address and text. The window closes with its owner.
package final class Browser {
    let driver: DriverProcess
    private let folder: TemporaryFolder
    let session: String
    private var said: [Complaint] = []

    /// How long an element or a state is waited for, in seconds.
    package static let patienceSeconds = 10.0
    static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

    /// What the page's console said: of a script's error, a refused resource, or a violation of the content policy.
    package struct Complaint: Hashable, Sendable, CustomStringConvertible {
        package let level: String
        package let source: String
        package let message: String
        package var description: String { "\(level) \(source): \(message)" }
    }

    private init(driver: DriverProcess, folder: TemporaryFolder, session: String) {
        self.driver = driver
        self.folder = folder
        self.session = session
    }

    deinit { _ = try? driver.command("DELETE", "/session/\(session)") }

    /// Opens a window.
    /// - Parameters:
    ///   - width: of the page, in CSS pixels.
    ///   - language: what the browser asks for, such as `zh-CN` or `en`.
    /// - Throws: ``ProgramFailure`` when Chromium or its driver is not installed; ``DriverError``.
    package static func open(width: Int = 1366, height: Int = 768, language: String = "zh-CN") throws -> Browser {
        let folder = try TemporaryFolder()
        let driver = try DriverProcess(in: folder.url)
        var arguments = [
            "--headless=new", "--window-size=\(width),\(height)", "--force-device-scale-factor=1", "--hide-scrollbars",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-dev-shm-usage", "--lang=\(language)",
        ]
        if geteuid() == 0 { arguments.append("--no-sandbox") }
        let options: [String: Any] = ["args": arguments, "prefs": ["intl.accept_languages": language]]
        let wanted: [String: Any] = [
            "browserName": "chrome", "acceptInsecureCerts": true, "goog:chromeOptions": options,
            "goog:loggingPrefs": ["browser": "ALL"], "unhandledPromptBehavior": "ignore",
        ]
        let made = try driver.command("POST", "/session", ["capabilities": ["alwaysMatch": wanted]])
        guard let session = made["sessionId"].string else { throw ProgramFailure("chromedriver gave no session") }
        let browser = Browser(driver: driver, folder: folder, session: session)
        try browser.setWindow(width: width, height: height)
        return browser
    }

    @discardableResult func command(_ method: String, _ path: String, _ body: [String: Any]? = nil) throws -> JSON {
        try driver.command(method, "/session/\(session)/\(path)", body)
    }

    // MARK: - Where

    /// Opens an address and waits until it is loaded.
    package func go(_ url: String) throws { try command("POST", "url", ["url": url]) }
    package func back() throws { try command("POST", "back", [:]) }
    package func reload() throws { try command("POST", "refresh", [:]) }

    package var url: String {
        get throws { try command("GET", "url").string ?? "" }
    }
    package var title: String {
        get throws { try command("GET", "title").string ?? "" }
    }

    /// Sets the page's size in CSS pixels, to a phone's too, which no window of a desktop is as narrow as.
    package func setWindow(width: Int, height: Int) throws {
        try chromium(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
    }

    /// A command of Chromium's own protocol, for what WebDriver has none.
    @discardableResult func chromium(_ name: String, _ parameters: [String: Any]) throws -> JSON {
        try command("POST", "goog/cdp/execute", ["cmd": name, "params": parameters])
    }

    // MARK: - Look

    /// Runs a script in the page: the body of a function, whose `return` gives the value.
    package func evaluate(_ script: String, _ arguments: [Any] = []) throws -> JSON {
        try command("POST", "execute/sync", ["script": script, "args": arguments])
    }

    /// Writes the page as PNG.
    /// - Parameter isWhole: beyond what fits the window.
    package func screenshot(to file: URL, isWhole: Bool = true) throws {
        let size = try evaluate(
            "const page = document.documentElement; return [page.scrollWidth, page.scrollHeight, innerWidth, innerHeight]"
        )
        let (whole, window) = ((size[0].int ?? 0, size[1].int ?? 0), (size[2].int ?? 0, size[3].int ?? 0))
        let clip: [String: Any] = [
            "x": 0, "y": 0, "width": isWhole ? max(whole.0, window.0) : window.0,
            "height": isWhole ? whole.1 : window.1, "scale": 1,
        ]
        let taken = try chromium(
            "Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true, "clip": clip])
        guard let data = taken["data"].string.flatMap({ Data(base64Encoded: $0) }) else {
            throw ProgramFailure("no screenshot of \(try url)")
        }
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    /// Waits until something is so.
    /// - Parameter what: names it, for the message.
    /// - Throws: ``ProgramFailure`` after ``patienceSeconds``, with the page's address and text.
    package func wait(_ what: String, until isSo: () throws -> Bool) throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(Self.patienceSeconds))
        while true {
            do {
                if try isSo() { return }
            } catch let error as DriverError where error.isOfAChangingPage {
                // The page is being replaced by the next one.
            }
            guard ContinuousClock.now < deadline else { throw ProgramFailure("waited for \(what)\n\(describe())") }
            usleep(20_000)
        }
    }

    private func describe() -> String {
        let text = (try? evaluate("return document.body.innerText"))?.string ?? ""
        let complaints = (try? self.complaints())?.map(\.description).joined(separator: "\n") ?? ""
        return "at \((try? url) ?? "?")\n\(text.prefix(2_000))\n\(complaints)"
    }

    /// All that the console has said so far that is an error: scripts that fail, resources that do not come, violations of
    /// the content policy. A test of a page expects none.
    package func complaints() throws -> [Complaint] {
        let entries = try command("POST", "se/log", ["type": "browser"])
        said += entries.array.map { entry in
            Complaint(
                level: entry["level"].string ?? "", source: entry["source"].string ?? "",
                message: entry["message"].string ?? "")
        }
        return said.filter { $0.level == "SEVERE" || $0.source == "security" }
    }
}

extension DriverError {
    /// It came from looking at a page that was just replaced.
    var isOfAChangingPage: Bool { ["no such element", "stale element reference", "no such window"].contains(code) }
}
