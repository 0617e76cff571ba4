extension RenderedDocument {
    /// Several documents as one page to print, each on sheets of its own. The numbers of pages are left out: a printer
    /// would count them through.
    package init(sheets documents: [RenderedDocument]) {
        let (start, end) = ("<body>\n", "</body>\n</html>\n")
        let bodies = documents.map { document in
            document.html.part(between: start, and: end).map { "<div class=\"sheet\">\n\($0)</div>\n" } ?? ""
        }
        let head = documents.first?.html.firstRange(of: start).map { String(documents[0].html[..<$0.lowerBound]) } ?? ""
        let style = """
            <style>
            @page { @bottom-center { content: ""; } }
            .sheet { break-after: page; position: relative; } .sheet:last-child { break-after: auto; }
            @media screen { .sheet { border-bottom: 1px dashed #888; padding-bottom: 8mm; margin-bottom: 8mm; } }
            </style>

            """
        self.init(html: head + style + start + bodies.joined() + end)
    }
}

extension String {
    /// What stands between the first `start` and the `end` that closes the text.
    fileprivate func part(between start: String, and end: String) -> Substring? {
        guard let begin = firstRange(of: start), hasSuffix(end) else { return nil }
        return self[begin.upperBound..<index(endIndex, offsetBy: -end.count)]
    }
}
