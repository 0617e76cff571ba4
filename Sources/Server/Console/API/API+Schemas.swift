import Assistance
import CommandSupport
import SyncEngine

/// Shapes that many answers have in them.
extension API {
    static let schemas: KeyValuePairs<String, Shape> = [
        "Problem": .object([("error", problem)]),
        "Changed": .object([("error", .named("ProblemText"))]),
        "ProblemText": problem,
        "Refused": .object([("subject", .text), ("error", .named("ProblemText"))]),
        "Record": record,
        "Step": .object(step),
        "Reason": .object([("rule", .text), ("text", .text)]),
        "Task": .object([
            ("task", .text), ("text", .text), ("rule", .text), ("due", .text), ("late", .flag), ("daysLate", .integer),
            ("village", .text), ("household", .nullable(.record)), ("number", .nullable(.text)),
            ("application", .nullable(.record)), ("programme", .nullable(programme)), ("subject", .nullable(.text)),
            ("clerk", .nullable(.text)),
        ]),
        "Station": .object([
            ("device", .record), ("scope", .text), ("staff", .text), ("station", .text), ("lastSeen", .nullable(.time)),
            ("acknowledged", .integer), ("cursor", .integer), ("revoked", .flag), ("lag", .integer),
            ("silentDays", .nullable(.integer)), ("clockFlagged", .integer), ("quarantined", .integer),
            ("waitingAttachments", .integer),
        ]),
        "Conflict": .object(conflict),
        "Duplicate": .object(duplicate),
        "Households": .object([
            ("seq", .integer),
            (
                "households",
                .list(
                    .object([
                        ("id", .record), ("number", .nullable(.text)), ("head", .nullable(.text)),
                        ("address", .nullable(.text)), ("village", .text), ("people", .integer),
                        ("member", .nullable(.text)),
                    ]))
            ), ("next", .nullable(.text)),
        ]),
        "Form": .object([
            ("seq", .integer), ("kind", .text), ("record", .nullable(.record)),
            (
                "fields",
                .list(
                    .object([
                        ("name", .text), ("type", .text), ("masked", .flag), ("value", .nullable(.text)),
                        ("codes", .list(.text)),
                    ]))
            ),
        ]),
        "Document": .object([
            ("application", .record), ("code", documentCode), ("title", .text), ("serial", .nullable(.text)),
            ("draft", .flag), ("reprint", .flag), ("printed", .nullable(.integer)), ("record", .nullable(.record)),
            ("seq", .nullable(.integer)), ("issuedOn", .nullable(.day)), ("pack", .text), ("template", .text),
            ("templateHash", .text), ("sha256", .hash), ("file", .text),
        ]),
    ]

    static let programme = Shape.code(Programme.allCases.map(\.rawValue))
    static let status = Shape.code(CaseState.allCases.map(\.rawValue))
    static let documentCode = Shape.code(DocumentCode.allCases.map(\.rawValue))

    private static let problem = Shape.object([
        ("code", .integer), ("name", .text), ("message", .text), ("hint", .text),
    ])

    /// As `show --json` states it; fields that are empty are left out.
    private static let record = Shape.object([
        ("id", .record), ("kind", .text), ("scope", .text), ("seq", .integer), ("deleted", .flag),
        ("fields", .map(.anything)),
    ])

    /// As `audit trace --json` states it.
    private static let step: [(String, Shape)] = [
        ("seq", .integer), ("author", .text), ("at", .time), ("reason", .text), ("desk", .flag), ("signed", .flag),
        ("included", .flag),
    ]

    static let conflict: [(String, Shape)] = [
        ("id", .record), ("kind", .text), ("record", .record), ("field", .nullable(.text)),
        ("about", .code(ConflictMatter.allCases.map(\.rawValue))), ("state", .text), ("base", .anything),
        ("mine", .anything), ("theirs", .anything), ("standing", .anything), ("village", .text),
        ("authors", .list(.text)), ("seqs", .list(.integer)),
    ]

    static let duplicate: [(String, Shape)] = [
        ("id", .record), ("rule", .text), ("state", .text),
        (
            "records",
            .list(.object([("id", .record), ("kind", .text), ("scope", .text), ("text", .text)]))
        ), ("kept", .nullable(.text)), ("by", .nullable(.text)), ("reason", .nullable(.text)), ("seq", .integer),
    ]
}
