import BrowserDriver
import Foundation
import ProgramRunner
import Testing

extension BrowserTests {
    /// `make screenshots`: pictures of the main pages, for the documentation and to be looked at.
    @Suite struct ScreenshotTests {
        /// Those that the documentation shows, as much as fits the window.
        private static let shown: Set<String> = [
            "today", "conflict", "cases", "case", "household", "duplicate", "ledger", "roll", "reports", "notice",
        ]

        private static let folder = ProcessInfo.processInfo.environment["RUHU_SCREENSHOTS"].map { URL(filePath: $0) }

        @Test(.enabled("RUHU_SCREENSHOTS names a folder") { folder != nil && WrongClock.library != nil })
        func mainPagesAreTaken() async throws {
            let folder = try #require(Self.folder)
            try await onThread {
                let sample = try SampleTown()
                let browser = try sample.town.window("li")
                for (name, path) in sample.pages {
                    try browser.go(sample.town.server.url + path)
                    try Self.take(name, in: browser, to: folder)
                    try browser.setWindow(width: 390, height: 844)
                    try browser.screenshot(to: folder.appending(path: "\(name)-phone.png"))
                    try browser.setWindow(width: 1366, height: 768)
                }
                let sheet = try sample.town.desk("list", "document")["records"][0]["id"].string ?? ""
                try browser.go(sample.town.server.url + "/documents/\(sheet)")
                try Self.take("notice", in: browser, to: folder)
            }
        }

        private static func take(_ name: String, in browser: Browser, to folder: URL) throws {
            try browser.screenshot(to: folder.appending(path: "\(name).png"))
            guard shown.contains(name) else { return }
            try browser.setWindow(width: 1366, height: 900)
            try browser.screenshot(to: folder.appending(path: "shown/\(name).png"), isWhole: false)
        }
    }
}
