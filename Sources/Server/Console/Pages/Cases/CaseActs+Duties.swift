import Assistance
import Markup
import SyncEngine

/// What some cases need besides (``CaseDutiesPart``).
extension CaseActs {
    static let duties: [ConsoleRoute] = [
        .post("/cases/{id}/notes", .approve) { console, request in
            let fields: [(String, Value)] = [
                ("clock", .text(try request.required("clock"))), ("text", .text(try request.required("text"))),
                ("at", .time(request.now)),
            ]
            return try write("supervisor_note", fields, console, request)
        },
        .post("/cases/{id}/verifications", .work) { console, request in
            let fields: [(String, Value)] = [
                ("member", .text(try request.record(typed: "member").description)),
                ("result", .text(try request.required("result"))), ("verified_on", .date(request.now.day)),
                ("how", .text(try request.required("how"))),
            ]
            return try write("verification", fields, console, request)
        },
        .post("/cases/{id}/relief", .work) { console, request in
            let text = try request.required("amount")
            guard let fen = Yuan.fen(text) else {
                throw Problem(.badValue, "amount", explanation: MoneyArgument.shape)
            }
            let fields: [(String, Value)] = [
                ("month", .text(String(request.now.day.description.prefix(7)))), ("amount_fen", .int64(fen)),
                ("means", .text(try request.required("means"))), ("state", .text("paid")),
                ("receipt", .text(try request.required("receipt"))), ("paid_at", .time(request.now)),
            ]
            return try write("payment", fields, console, request)
        },
        .post("/cases/{id}/proofs", .work) { console, request in
            let fields: [(String, Value)] = [
                ("code", .text(try request.required("code"))), ("asked_on", .date(request.now.day)),
                ("reason", request.optional("why").map(Value.text) ?? .null),
            ]
            return try write("proof_request", fields, console, request)
        },
        .post("/cases/{id}/proofs/{proof}", .work) { console, request in
            let proof = try request.record("proof")
            let writes: [FieldWrite] = [.set("brought_on", .date(try request.day("brought_on") ?? request.now.day))]
            return try act(console, request, reason: "") { desk, id, act in
                (try desk.change(proof, "proof_request", of: id, writes, act: act), [])
            }
        },
        .post("/cases/{id}/rechecks/{review}", .work) { console, request in
            let review = try request.record("review")
            let writes: [FieldWrite] = [
                .set("done", .date(try request.day("done") ?? request.now.day)),
                .add("result", try request.required("result")),
            ]
            return try act(console, request, reason: request.optional("reason") ?? "") { desk, id, act in
                (try desk.change(review, "dynamic_review", of: id, writes, act: act), [])
            }
        },
    ]

    static func write(
        _ kind: String, _ fields: [(String, Value)], _ console: Console, _ request: ConsoleRequest
    ) throws -> ConsoleAnswer {
        try act(console, request, reason: request.optional("reason") ?? "") { desk, id, act in
            let written = try desk.write(kind, of: id, fields, act: act)
            return (written.seq, [("id", .string(written.id.description))])
        }
    }
}
