import Markup
package import SyncEngine

/// Whether a document counts.
package enum DocumentStanding: Hashable, Sendable {
    /// A preview.
    case draft
    /// Printed at a station: the township alone numbers.
    case unnumbered
    case issued(serial: String, on: CalendarDay)
}

/// The one layout: A4, made for printing and readable on a screen. It takes nothing from outside and runs nothing.
enum DocumentPage {
    static func html(_ template: DocumentTemplate, of subject: DocumentSubject, standing: DocumentStanding) -> String {
        let title = template.title(in: subject)
        var body: [HTML] = []
        if standing == .draft { body.append(.p("样　稿", style: .watermark)) }
        body.append(head(standing))
        body.append(.element(.h1, nil, span: 1, [.text(title)]))
        body += template.body(subject)
        body.append(foot(template, of: subject, standing: standing))
        var page = """
            <!DOCTYPE html>
            <html lang="zh-CN">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <meta name="referrer" content="no-referrer">
            <meta name="viewport" content="width=device-width">
            <title>\(HTML.escaped(title))</title>
            <style>
            \(stylesheet)
            </style>
            </head>
            <body>

            """
        for part in body { part.write(to: &page) }
        return page + "</body>\n</html>\n"
    }

    private static func head(_ standing: DocumentStanding) -> HTML {
        let (number, day): (String, String) =
            switch standing {
            case .draft: ("编号：样稿，不作正式文书使用", "")
            case .unnumbered: ("编号：未编号", "")
            case .issued(let serial, let day): ("编号：\(serial)", "出具日期：\(day.chinese)")
            }
        return .element(.header, .head, span: 1, [.span(number, .small), .span(day, .small)])
    }

    private static func foot(
        _ template: DocumentTemplate, of subject: DocumentSubject, standing: DocumentStanding
    ) -> HTML {
        var lines: [HTML] = [.p("监督举报电话：\(subject.hotline)　　政策依据：\(subject.pack.title.zh)", style: .small)]
        if subject.pack.parameters.contains(where: { $0.source == .demo }) {
            lines.append(.p("所用政策包 \(subject.pack.name) 含演示值，不作发放依据。", style: .small))
        }
        lines.append(.p("模板 \(template.code.rawValue) 第 \(template.version) 版，全区统一，不得改动。", style: .small))
        return .element(.footer, nil, span: 1, lines)
    }

    private static let stylesheet = """
        @page { size: A4; margin: 16mm 18mm 16mm 20mm;
          @bottom-center { content: "第 " counter(page) " 页，共 " counter(pages) " 页"; font-size: 8pt; } }
        html { font: 10.5pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, "Noto Sans CJK SC",
          serif; color: #000; background: #fff; }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 172mm; padding: 0 0.4mm; position: relative; }
        @media screen { body { max-width: 184mm; padding: 10mm 6mm; } }
        h1 { text-align: center; font-size: 18pt; line-height: 1.3; margin: 1mm 0 4mm; }
        h2 { font-size: 11pt; margin: 4mm 0 1mm; break-after: avoid; }
        p { margin: 1.5mm 0; overflow-wrap: anywhere; }
        section > p { text-indent: 2em; }
        p.office, p.note { text-indent: 0; }
        .head { display: flex; justify-content: space-between; }
        .office { text-align: right; margin-top: 6mm; line-height: 1.8; break-inside: avoid; }
        .small { font-size: 8.5pt; }
        .fill { border-bottom: 0.2mm solid #000; padding: 0 1em; overflow-wrap: anywhere; }
        table { width: 100%; border-collapse: collapse; margin: 1.5mm 0 3mm; }
        thead { display: table-header-group; }
        tr { break-inside: avoid; }
        th, td { border: 0.25mm solid #000; padding: 1mm 1.6mm; text-align: left; overflow-wrap: anywhere; }
        th { font-weight: normal; text-align: center; background: #f4f4f4; }
        thead th { white-space: nowrap; }
        .facts { table-layout: fixed; }
        .facts th { white-space: nowrap; width: 7.2em; }
        .facts td { white-space: pre-wrap; }
        td, .fill, p { unicode-bidi: isolate; }
        td.number { text-align: right; white-space: nowrap; }
        td.code { white-space: nowrap; }
        .sign, .seal { break-inside: avoid; }
        .sign td { height: 13mm; }
        table.sign td { vertical-align: top; white-space: pre-wrap; }
        .posted table { font-size: 14pt; }
        .posted td, .posted th { text-align: center; padding: 4mm 2mm; }
        .posted p { font-size: 14pt; line-height: 2; }
        footer { margin-top: 6mm; border-top: 0.2mm solid #888; padding-top: 1mm; break-inside: avoid; }
        footer p { margin: 0; }
        ol { margin: 1mm 0; padding-left: 2.2em; }
        .watermark { position: fixed; top: 40%; left: 0; right: 0; margin: 0; text-align: center; font-size: 72pt;
          color: #000; opacity: 0.12; transform: rotate(-30deg); pointer-events: none; }
        """
}

extension CalendarDay {
    /// 2026年3月2日
    var chinese: String { "\(components.year)年\(components.month)月\(components.day)日" }
}
