import Markup
import SyncEngine

/// The address of a page of this server, as its forms carry it: where a form that is refused comes back to.
struct PageAddress: Sendable {
    /// UTF-8 bytes.
    private static let limit = 8_192

    let parts: [String]
    let query: FormFields

    /// `nil` for what is no address of this server: another's, or one that nobody could have been sent.
    init?(_ text: String) {
        guard text.utf8.count <= Self.limit, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0 != "\\" && $0 != "#" })
        else { return nil }
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: "/").compactMap { String($0).removingPercentEncoding }
        guard !parts.isEmpty, parts.count == halves[0].split(separator: "/").count,
            let query = try? FormFields(urlEncoded: halves.count > 1 ? Array(halves[1].utf8) : [])
        else { return nil }
        self.parts = parts
        // What was done before the page was shown was not done now.
        self.query = FormFields(query.pairs.filter { $0.name != "done" })
    }

    var link: Link { Link(parts, query: query.pairs.map { ($0.name, $0.value) }) }

    /// The nearest page above it, where one chooses what to open.
    var above: Link? {
        for count in stride(from: parts.count - 1, through: 1, by: -1) {
            let link = Link(Array(parts.prefix(count)))
            if let page = PageAddress(link.text), let found = page.route, found.parts.isEmpty { return link }
        }
        return nil
    }

    /// The page's route, with what its address says in the places of names; a part that a route says outright goes before
    /// one that stands for anything.
    var route: (route: ConsoleRoute, parts: [String: String])? {
        let found = Console.routes.filter { route in
            let names = route.path.split(separator: "/")
            return route.method == .get && names.count == parts.count
                && zip(names, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        guard let route = found.min(by: { $0.placeholders < $1.placeholders }) else { return nil }
        let named = zip(route.path.split(separator: "/"), parts).filter { $0.0.hasPrefix("{") }.map {
            (String($0.dropFirst().dropLast()), $1)
        }
        return (route, Dictionary(named) { first, _ in first })
    }
}

extension ConsoleRoute {
    fileprivate var placeholders: Int { path.split(separator: "/").count { $0.hasPrefix("{") } }
}
