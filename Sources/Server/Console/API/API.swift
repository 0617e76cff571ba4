import Assistance
import SyncEngine

/// What programs can do here: every route of the console with its description, as docs/openapi.yaml and `/openapi.yaml`
/// state it. Each area describes its routes in a table of its own.
enum API {
    typealias Table = KeyValuePairs<String, Operation>

    /// By `GET /cases/{id}`. An area of the desk adds its own table here.
    static let operations: [String: Operation] = Dictionary(
        [own, today, cases, caseActs, documents, households, files, money, registers].flatMap {
            $0.map { ($0.key, $0.value) }
        },
        uniquingKeysWith: { first, _ in first })

    /// What needs no session.
    static let own: Table = [
        "POST /login": .act(
            "登录", "Sign in",
            [.needed("name"), .needed("password")],
            [
                ("token", .text), ("name", .text), ("role", .code(Role.allCases.map(\.rawValue))),
                ("mustChangePassword", .flag),
            ]),
        "POST /logout": .act("退出", "Sign out", [], [("signedOut", .flag)]),
        "GET /openapi.yaml": .file("本文件", "This document", ["application/yaml"]),
        "GET /healthz": .file("进程在运行", "The process runs", ["text/plain"]),
        "GET /readyz": .file("可以提供服务；503 表示还不能", "It can serve; 503 when it cannot", ["text/plain"]),
    ]

    static func key(_ method: String, _ path: String) -> String { "\(method) \(path)" }
}

/// One address with its description.
struct DescribedRoute: Sendable {
    let method: String
    let path: String
    /// `nil`: anybody may.
    let permission: Permission?
    let operation: Operation

    /// The names in braces, in their order.
    var parts: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// Every route of the console that is described, then the rest.
    static let all: [DescribedRoute] =
        Console.routes.compactMap { route in
            API.operations[API.key(route.method.rawValue, route.path)].map {
                DescribedRoute(
                    method: route.method.rawValue, path: route.path, permission: route.permission, operation: $0)
            }
        }
        + API.own.map { key, operation in
            let words = key.split(separator: " ").map(String.init)
            return DescribedRoute(method: words[0], path: words[1], permission: nil, operation: operation)
        }
}
