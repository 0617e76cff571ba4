import Foundation

/// The machine's day, as the programs write it: China Standard Time.
package enum Today {
    package static var text: String {
        let hours = 8.0
        return String(Date(timeIntervalSinceNow: hours * 3_600).formatted(.iso8601).prefix(10))
    }
}
