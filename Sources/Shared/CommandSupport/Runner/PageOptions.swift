package import ArgumentParser
package import SyncEngine

/// How much of a listing.
package struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp(L("最多几条", "At most so many"))) package var limit = 1_000
    @Option(help: ArgumentHelp(L("从此编号之后", "After this id"))) package var after: String?
    @Flag(help: ArgumentHelp(L("包括已删除的和已并入的", "Deleted ones and aliases too"))) package var all = false

    package init() {}

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a limit outside 1…``Limits/listRecords``, or an id that is
    ///   none.
    package func selection() throws -> RecordSelection {
        guard (1...Limits.listRecords).contains(limit) else {
            throw Problem(
                .badValue, "--limit",
                explanation: Label(
                    zh: "条数要在 1 至 \(Limits.listRecords) 之间；更多请用 --after 分批",
                    en: "The limit is between 1 and \(Limits.listRecords); page with --after for more"))
        }
        let start = try after.map { text in
            guard let id = RecordID(text) else {
                throw Problem(.badValue, "--after", explanation: Label(zh: "要填记录编号", en: "It takes a record's id"))
            }
            return id
        }
        return RecordSelection(limit: limit, after: start, isComplete: all)
    }
}

/// How much room photos may take on a stick.
package struct PhotoOptions: ParsableArguments {
    @Option(help: ArgumentHelp(L("附件最多占多少 MiB，0 为不带", "MiB that attachments may take; 0: none"), valueName: "mib"))
    package
        var photos = 512

    package init() {}

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` outside 0…``Limits/bundleBlobBytesMaximum``.
    package func bytes() throws -> Int {
        guard photos >= 0, photos <= Limits.bundleBlobBytesMaximum / (1024 * 1024) else {
            throw Problem(.badValue, "--photos \(photos)")
        }
        return photos * 1024 * 1024
    }
}
