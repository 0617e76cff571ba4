import Foundation
import ProgramRunner

/// A web server with a few fixed pages, for the tests of the driver itself. It ends with its owner.
final class SmallPages: Sendable {
    let url: String
    private let socket: LoopbackSocket

    /// - Parameters:
    ///   - pages: bodies by path, such as `/`.
    ///   - policy: the `Content-Security-Policy` of all of them.
    init(_ pages: [String: String], policy: String = "default-src 'self'") throws {
        let (socket, port) = try LoopbackSocket.listening()
        self.socket = socket
        url = "http://127.0.0.1:\(port)"
        Thread.detachNewThread {
            while let connection = socket.accepted() {
                Self.serve(pages, policy: policy, to: connection)
                connection.close()
            }
        }
    }

    deinit { socket.close() }

    private static func serve(_ pages: [String: String], policy: String, to connection: LoopbackSocket) {
        guard let request = connection.message() else { return }
        let words = String(decoding: request, as: UTF8.self).split(separator: " ", maxSplits: 2)
        let path = words.count > 1 ? String(words[1].split(separator: "?")[0]) : ""
        let page = pages[path]
        let body = Array((page ?? "not here").utf8)
        let head =
            "HTTP/1.1 \(page == nil ? "404 Not Found" : "200 OK")\r\nContent-Type: text/html; charset=utf-8\r\n"
            + "Content-Security-Policy: \(policy)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        connection.send(Array(head.utf8) + body)
    }
}
