import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine
import SyncWire

struct VerifyProofCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "verify-proof",
            abstract: L(
                "离线核对镇街出具的证明（ruhu-server audit prove）",
                "Check the township's proof offline (ruhu-server audit prove)"),
            discussion: L(
                "用本站登记时的镇街公钥和同步时持有的树首核对。退出码：0 属实，65 不属实或无法与所持树首相连。",
                "Checked with the township's key from the enrolment and the tree heads from the syncs. Exit codes: 0 it holds, 65 it does not, or does not lead from a head that is held."
            ))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("证明文件；写 - 则从标准输入读", "The proof's file; - reads standard input"))) var file: String

    func run() throws {
        let station = try options.station()
        let bytes = file == "-" ? try StandardInput.all() : try Files.read(file)
        let documents = try JSONParser.documents(bytes)
        guard documents.count == 1 else { throw Problem(.badDocument, "proof") }
        let proof = try RecordProof(document: documents[0])
        let (key, held, ancestors) = try station.replica.read { transaction in
            (
                try Meta.bytes("server_key", in: transaction.database), try transaction.treeHeads(),
                try Ancestors.read(in: transaction)
            )
        }
        guard let key else { throw Problem(.notJoined) }
        let tables = station.replica.tables
        let result = proof.check(
            serverKey: key, held: held, ancestors: ancestors, codec: tables.codec, schema: tables.schema
        ) {
            Ed25519().isValid($0, for: $1, publicKey: $2)
        }
        let document = JSONValue.object([
            ("sound", .bool(result.isSound)), ("record", .string(proof.record.description)),
            ("sets", .int(Int64(proof.sets.count))), ("signed", .bool(result.isSigned)),
            ("wrong", .array(result.wrong.map { .int(Int64($0)) })), ("head", .string(result.standing.rawValue)),
            ("size", .int(Int64(proof.head.size))),
        ])
        guard result.isSound else {
            let problem = Self.problem(result, held: held, record: proof.record)
            options.output.fail(problem, document: document.with(problem), code: .badData)
        }
        options.output.write(
            document,
            text: L(
                "属实：这 \(proof.sets.count) 个变更集都涉及记录 \(proof.record)，都在镇街的日志中（是否还有别的，本证明不说明）。",
                "It holds: these \(proof.sets.count) change sets name the record \(proof.record) and are in the township's log (it does not say that there are no others)."
            ))
    }

    private static func problem(_ result: RecordProof.Result, held: [TreeHead], record: RecordID) -> Problem {
        if result.standing == .contradicts { return Problem(.historyRewritten, "proof") }
        let size = held.last.map { " --head \($0.size)" } ?? ""
        let again = Label(
            zh: "请镇街重新出具：ruhu-server audit prove \(record)\(size)",
            en: "Ask the township for another: ruhu-server audit prove \(record)\(size)")
        func problem(_ code: Problem.Code, _ zh: String, _ en: String) -> Problem {
            Problem(code, "proof", explanation: Label(zh: zh, en: en), hint: again)
        }
        if !result.isSigned || !result.wrong.isEmpty {
            return problem(.badSignature, "证明文件不属实，或者被改动过", "The proof does not hold, or was altered")
        }
        if result.standing == .past {
            return problem(.badDocument, "证明是镇街换新历史之前的", "The proof is of a history that the township has left since")
        }
        return problem(
            .badDocument, "证明没有连到本站最后所持的树首", "The proof does not lead from the last head that is held here")
    }
}
