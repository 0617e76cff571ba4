import Foundation
import SyncEngine
import Testing

@testable import Server

/// docs/openapi.yaml is the console's own: every route is in it, and nothing else.
@Suite struct GoldenAPITests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/openapi.yaml")

    @Test func theDocumentedAPIIsTheConsolesOwn() throws {
        if ProcessInfo.processInfo.environment["RUHU_RECORD_GOLDEN"] != nil {
            try OpenAPI.text.write(to: Self.file, atomically: true, encoding: .utf8)
            Issue.record("recorded docs/openapi.yaml")
            return
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == OpenAPI.text)
    }

    /// A route without a description belongs into the table of its area: Sources/Server/Console/API.
    @Test func everyRouteIsDescribedAndEveryDescriptionHasARoute() {
        let routes = Console.routes.map { API.key($0.method.rawValue, $0.path) }
        for route in routes { #expect(API.operations[route] != nil, "\(route) has no description") }
        let own = API.own.map(\.key)
        for key in API.operations.keys { #expect((routes + own).contains(key), "\(key) is no route") }
    }

    @Test func everyRouteSaysWhoMayAndWhatIsRefused() throws {
        let paths = try #require(OpenAPI.document["paths"])
        for route in Console.routes {
            let found = paths[route.path]?[route.method.rawValue.lowercased()]
            let operation = try #require(found, "\(route.method) \(route.path)")
            #expect(operation["x-permission"]?.text == route.permission.rawValue)
            #expect(operation["security"] == nil, "\(route.path): the token of a session is asked for everywhere")
            let refused =
                ["400", "401", "403", "429", "503"]
                + (route.method == .post ? ["404", "409", "413", "415"] : route.path.contains("{") ? ["404"] : [])
            for status in refused { #expect(operation["responses"]?[status] != nil, "\(route.path) \(status)") }
        }
    }

    @Test func theSignInPagesAndTheOperatorsAskForNoToken() throws {
        let paths = try #require(OpenAPI.document["paths"])
        for (path, method) in [("/login", "post"), ("/logout", "post"), ("/healthz", "get"), ("/readyz", "get")] {
            #expect(paths[path]?[method]?["security"] == .array([]), "\(path)")
        }
    }

    /// Whatever is referred to is there.
    @Test func everyReferenceLeadsSomewhere() throws {
        let text = OpenAPI.document.compact
        for reference in text.split(separator: "\"$ref\":\"").dropFirst() {
            let path = reference.prefix { $0 != "\"" }.split(separator: "/").dropFirst().map(String.init)
            let found = path.reduce(Optional(OpenAPI.document)) { $0?[$1] }
            #expect(found != nil, "\(path)")
        }
    }
}
