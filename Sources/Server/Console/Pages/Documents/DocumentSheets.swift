import Assistance
import CommandSupport
import Markup
import SyncEngine

/// Documents as they are printed: whole pages with a style of their own, sealed off from the console.
enum DocumentSheets {
    static let routes: [ConsoleRoute] = [
        .get("/documents/print", .work) { console, request in
            let ids = try request.query.all("id").map { text in
                guard let id = RecordID(text) else { throw Problem(.unknownRecord, String(text.prefix(40))) }
                return id
            }
            guard !ids.isEmpty, ids.count <= BatchPage.limit else { throw Problem(.badValue, "id") }
            let desk = DocumentDesk(township: console.township)
            let sheets = try ids.map { try desk.sheet($0) }
            for sheet in sheets { try console.keepView(of: sheet.application, page: "document", by: request) }
            let page = RenderedDocument(sheets: sheets.map(\.document))
            return .file(file(page, name: "documents.html"))
        },
        .get("/documents/{id}", .work) { console, request in
            let sheet = try DocumentDesk(township: console.township).sheet(try request.record())
            try console.keepView(of: sheet.application, page: "document", by: request)
            return .file(file(sheet.document, name: sheet.serial + ".html"))
        },
        .get("/cases/{id}/documents/{code}/draft", .work) { console, request in
            let id = try request.record()
            let template = DocumentTemplate.of(try DocumentCode(parsing: request.part("code")))
            let made = try DocumentDesk(township: console.township).draft(id.description, template, at: request.now)
            try console.keepView(of: id, page: "document_draft", by: request)
            return .file(file(made.document, name: template.code.rawValue + "-draft.html"))
        },
    ]

    /// A document takes nothing from outside, runs nothing, and belongs to no site.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "sandbox"

    private static func file(_ document: RenderedDocument, name: String) -> ConsoleFile {
        var file = ConsoleFile(
            name: name, mediaType: "text/html; charset=utf-8", isInline: true, bytes: Array(document.html.utf8))
        file.policy = policy
        return file
    }
}
