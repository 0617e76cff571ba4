import Assistance
import RecordStore
import SyncEngine

extension RecordTables {
    /// The tables of social assistance, searched by name, number, address and pinyin initials.
    static func assistance(codec: any ChangeCodec) -> RecordTables {
        RecordTables(schema: AssistanceSchema.current, codec: codec, hasManyScopes: true, lists: RegisterList.indexes) {
            SearchText.line(kind: $0, record: $1)
        }
    }
}
