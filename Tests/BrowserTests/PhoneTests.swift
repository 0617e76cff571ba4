import BrowserDriver
import Foundation
import ProgramRunner
import Testing

extension BrowserTests {
    /// At 390 × 844: the work begins near the top, both values of a conflict are in sight, a wide table keeps its first
    /// column while it scrolls. Without scripts.
    @Suite struct PhoneTests {
        @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
        func theMainPagesFitAPhone() async throws {
            try await onThread {
                let sample = try SampleTown()
                let browser = try sample.town.window("li")
                try browser.setScripts(false)
                try browser.setWindow(width: 390, height: 844)
                for (name, path) in sample.pages {
                    try browser.go(sample.town.server.url + path)
                    let place = Comment(rawValue: name)
                    #expect(try browser.number("document.querySelector('.bar').offsetHeight") < 130, place)
                    let columns = try browser.number(Self.firstColumnsThatLeave)
                    #expect(columns == 0, place)
                }
                try browser.go(sample.town.server.url + "/conflicts/\(sample.conflict)")
                #expect(try browser.number("[...document.querySelectorAll('.stack td strong')].length") >= 2)
                #expect(try browser.number(Self.valuesOutOfSight) == 0)
                try Self.menu(in: browser)
            }
        }

        private static func menu(in browser: Browser) throws {
            let isShown = "document.querySelector('.bar nav').offsetHeight > 0 ? 1 : 0"
            #expect(try browser.number(isShown) == 0)
            try browser.click("label.menu")
            #expect(try browser.number(isShown) == 1)
            try browser.leave { try browser.click(".bar nav a[href='/cases']") }
            #expect(try browser.number(isShown) == 0, "on the next page it is closed again")
            // With the keyboard.
            try browser.tab(to: "input.menu")
            try browser.press(" ")
            #expect(try browser.number(isShown) == 1)
        }

        /// Scrolls each table to its end, and counts those of which the first column went out of sight.
        private static let firstColumnsThatLeave = """
            [...document.querySelectorAll('.scroll:not(.stack)')].filter(frame => {
              frame.scrollLeft = frame.scrollWidth;
              const cell = frame.querySelector('tbody tr > :first-child');
              return cell && cell.getBoundingClientRect().left < frame.getBoundingClientRect().left - 1;
            }).length
            """

        private static let valuesOutOfSight = """
            [...document.querySelectorAll('.stack td')].filter(cell => {
              const box = cell.getBoundingClientRect();
              return box.width > 0 && (box.left < 0 || box.right > window.innerWidth);
            }).length
            """
    }
}

extension Browser {
    fileprivate func number(_ expression: String) throws -> Int {
        try evaluate("return " + expression).int ?? -1
    }
}
