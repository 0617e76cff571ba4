package import ArgumentParser
package import SyncEngine

/// How much of a listing.
package struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp(L("最多几条", "At most so many"))) package var limit = 1_000
    @Option(help: ArgumentHelp(L("从此编号之后", "After this id"))) package var after: String?
    @Flag(help: ArgumentHelp(L("包括已删除的和已并入的", "Deleted ones and aliases too"))) package var all = false

    package init() {}

    /// One row more than the page holds, by which ``page(of:id:)`` knows that more follow.
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
        return RecordSelection(limit: limit + 1, after: start, isComplete: all)
    }

    /// The rows that were asked for, of what ``selection()`` selected.
    package func page<Row>(of found: [Row], id: (Row) -> RecordID) -> ListPage<Row> {
        let rows = Array(found.prefix(limit))
        return ListPage(rows: rows, next: found.count > limit ? rows.last.map(id) : nil)
    }
}

/// A page of a listing.
package struct ListPage<Row> {
    package let rows: [Row]
    /// What `--after` takes for the page that follows; `nil` when nothing does.
    package let next: RecordID?

    /// What its document says besides the rows: `count`, and `next`, null when nothing follows.
    package var members: [(String, JSONValue)] {
        [("count", .int(Int64(rows.count))), ("next", next.map { .string($0.description) } ?? .null)]
    }

    /// For people, below the rows; empty when nothing follows.
    package var note: String {
        guard let next else { return "" }
        return "\n"
            + L(
                "以上 \(rows.count) 条，后面还有：加 --after \(next) 接着列。",
                "\(rows.count) shown, and more follow: go on with --after \(next).")
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
