import CommandSupport
import RecordStore
import SyncEngine

extension ReplicaTransaction {
    /// A household by its id, or by its number when it is the only one with it.
    /// - Throws: ``Problem`` ``Problem/Code/unknownRecord``, ``Problem/Code/recordDeleted``.
    func household(named text: String) throws -> Record {
        guard let kind = schema.kind("household") else { throw Problem(.unknownKind, "household") }
        if let id = RecordID(text) {
            guard let found = try tables.record(id, kind: kind, in: database) else {
                throw Problem(.unknownRecord, text)
            }
            if found.isDeleted { throw Problem(.recordDeleted, text) }
            return found
        }
        let numbered = try tables.all(of: kind, where: [("number", .text(text))], in: database)
        guard let found = numbered.first else {
            throw Problem(
                .unknownRecord, text,
                explanation: Label(
                    zh: "没有这一户；写户编号或记录编号，用 ruhu find 姓名 查",
                    en: "No such household: its number or id; see ruhu find NAME"))
        }
        guard numbered.count == 1 else {
            throw Problem(
                .unknownRecord, text,
                explanation: Label(
                    zh: "有 \(numbered.count) 户用这个编号，请写记录编号（ruhu find）",
                    en: "\(numbered.count) households have this number: give the id (ruhu find)"))
        }
        return found
    }
}
