import Assistance
import SyncEngine

/// OpenAPI 3.1 of the console. The same every time it is made: nothing of it depends on a township or a day.
enum OpenAPI {
    static let text =
        "# Made of the console's routes (Sources/Server/Console/API); make golden writes it anew.\n"
        + YAMLText.of(document)

    static let document = make()

    private static func make() -> JSONValue {
        .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Ruhu 入户")), ("version", .string("1")),
                    (
                        "description",
                        .string(
                            "The township's console, for programs. Sign in at /login, send the token as a bearer token. "
                                + "Whoever does not accept text/html is answered in JSON. "
                                + "Acts take the fields of the page's form, as JSON or as a form; `seen` is the `seq` "
                                + "that the page's answer gave.")
                    ),
                ])
            ), ("paths", .object(paths)), ("security", .array([.object([("bearerAuth", .array([]))])])),
            ("components", components),
        ])
    }

    private static var paths: [(String, JSONValue)] {
        var order: [String] = []
        var methods: [String: [(String, JSONValue)]] = [:]
        for route in DescribedRoute.all {
            if methods[route.path] == nil { order.append(route.path) }
            methods[route.path, default: []].append((route.method.lowercased(), operation(route)))
        }
        return order.map { ($0, .object(methods[$0] ?? [])) }
    }

    // MARK: - One operation

    private static func operation(_ route: DescribedRoute) -> JSONValue {
        let parameters =
            route.parts.map { parameter($0, in: "path", part($0, of: route.path), isNeeded: true) }
            + route.operation.query.map { parameter($0.name, in: "query", $0.shape.asked, isNeeded: $0.isNeeded) }
        var members: [(String, JSONValue)] = [
            ("summary", .string(route.operation.summary.en)), ("description", .string(route.operation.summary.zh)),
        ]
        if let permission = route.permission {
            members.append(("x-permission", .string(permission.rawValue)))
        } else {
            members.append(("security", .array([])))
        }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let form = route.operation.form { members.append(("requestBody", body(form))) }
        members.append(("responses", .object([("200", answer(route.operation.answer))] + refusals(of: route))))
        return .object(members)
    }

    private static func parameter(_ name: String, in place: String, _ schema: JSONValue, isNeeded: Bool) -> JSONValue {
        .object([
            ("name", .string(name)), ("in", .string(place)), ("required", .bool(isNeeded)), ("schema", schema),
        ])
    }

    /// A part of a path, by its name.
    private static func part(_ name: String, of path: String) -> JSONValue {
        switch name {
        case "name" where path == "/registers/{name}/new":
            Shape.code(Register.all.filter(\.isWritten).map(\.name)).schema
        case "name" where path.hasPrefix("/registers/"): Shape.code(Register.all.map(\.name)).schema
        case "month": Shape.month.schema
        case "year": Shape.year.schema
        case "sha256": Shape.hash.schema
        case "kind": Shape.code(EditableFields.below.sorted()).schema
        case "code": Shape.code(DocumentCode.allCases.map(\.rawValue)).schema
        case "name": Shape.code(TableCatalogue.entries.map(\.name)).schema
        case "field": Shape.text.schema
        default: Shape.record.schema
        }
    }

    private static func body(_ form: [Operation.Field]) -> JSONValue {
        let needed = form.filter(\.isNeeded).map { JSONValue.string($0.name) }
        let schema = JSONValue.object(
            [("type", .string("object"))] + (needed.isEmpty ? [] : [("required", .array(needed))]) + [
                ("properties", .object(form.map { ($0.name, $0.isNeeded ? $0.shape.typed : $0.shape.optionallyTyped) }))
            ])
        return .object([
            ("required", .bool(!needed.isEmpty)),
            (
                "content",
                .object(
                    ["application/json", "application/x-www-form-urlencoded"].map {
                        ($0, .object([("schema", schema)]))
                    })
            ),
        ])
    }

    private static func answer(_ answer: Operation.Answer) -> JSONValue {
        let content: [(String, JSONValue)] =
            switch answer {
            case .document(let shape): [("application/json", .object([("schema", shape.schema)]))]
            case .file(let types): types.map { ($0, .object([])) }
            }
        return .object([("description", .string("Done, or found.")), ("content", .object(content))])
    }

    // MARK: - What is refused

    /// The statuses that may come instead, by what the address takes.
    static func refusalCodes(of route: DescribedRoute) -> [Int] {
        guard !["/healthz", "/readyz", "/openapi.yaml"].contains(route.path) else {
            return route.path == "/openapi.yaml" ? [429] : route.path == "/readyz" ? [503] : []
        }
        let isAct = route.method == "POST"
        let mayMiss = isAct || !route.parts.isEmpty || route.operation.query.contains { $0.shape.isRecord }
        let signIn = route.permission == nil
        return [400, 401, 403] + (mayMiss && !signIn ? [404] : []) + (isAct && !signIn ? [409] : [])
            + (isAct ? [413, 415] : []) + [429, 503]
    }

    private static func refusals(of route: DescribedRoute) -> [(String, JSONValue)] {
        refusalCodes(of: route).map { code in
            let name = route.path == "/readyz" ? "NotReady" : Self.refusals[code]?.name ?? ""
            return (String(code), .object([("$ref", .string("#/components/responses/\(name)"))]))
        }
    }

    private static let refusals: [Int: (name: String, text: String)] = [
        400: ("Refused", "What was sent is wrong, or a rule refuses it."), 401: ("NotSignedIn", "Not signed in."),
        403: ("NotPermitted", "This account may not."), 404: ("NotFound", "There is no such thing."),
        409: ("Changed", "Somebody else has changed it since it was seen: nothing was written."),
        413: ("TooLarge", "The body is too large."), 415: ("WrongMedia", "Neither JSON nor a form."),
        429: ("TooMany", "Too many requests, or the account is locked for a while."),
        503: ("Busy", "The server is busy: ask again."),
    ]

    private static var components: JSONValue {
        let responses = refusals.sorted { $0.key < $1.key }.map { code, refusal -> (String, JSONValue) in
            let schema = Shape.named(code == 409 ? "Changed" : "Problem").schema
            return (
                refusal.name,
                .object([
                    ("description", .string(refusal.text)),
                    ("content", .object([("application/json", .object([("schema", schema)]))])),
                ])
            )
        }
        let notReady = JSONValue.object([
            ("description", .string("It cannot serve yet.")),
            ("content", .object([("text/plain", .object([]))])),
        ])
        return .object([
            (
                "securitySchemes",
                .object([
                    ("bearerAuth", .object([("type", .string("http")), ("scheme", .string("bearer"))]))
                ])
            ), ("responses", .object(responses + [("NotReady", notReady)])),
            ("schemas", .object(API.schemas.map { ($0.key, $0.value.schema) })),
        ])
    }
}
