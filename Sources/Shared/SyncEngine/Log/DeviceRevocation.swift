/// The record of a revocation: of the engine's own kind and written by the desk alone, so that it has an author, a reason
/// and a place in the log, and comes back after a restore as the desk's other acts do.
package enum DeviceRevocation {
    package static let kindName = "revocation"

    package static let kind = KindSchema(
        kindName, label: Label(zh: "停用", en: "Revocation"), isAppendOnly: true,
        fields: [
            field("device", .reference, "工作站", "Device"), field("staff", .text, "协理员", "Staff"),
            field("reason", .text, "原因", "Reason"),
        ])

    private static func field(_ name: String, _ type: ValueType, _ zh: String, _ en: String) -> FieldSchema {
        FieldSchema(name, type, .immutable, .personal, Label(zh: zh, en: en), isDeskOnly: true)
    }
}
