import Foundation
import Glibc
import Synchronization

/// A server of raw sockets on a free port of 127.0.0.1, so that tests can send exactly the bytes they mean, wrong ones
/// too. Each connection gets a thread of its own. It ends with its last reference.
final class LoopbackServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let counter = Counter()

    var url: String { "http://127.0.0.1:\(port)" }
    /// Connections accepted so far.
    var connections: Int { counter.value.withLock { $0 } }

    /// - Parameter serve: Talks on one connection, which is closed when it returns.
    init(_ serve: @escaping @Sendable (Connection) -> Void) throws {
        (listener, port) = try Self.listen()
        Thread.detachNewThread { [listener, counter] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { break }
                let number = counter.value.withLock { count in
                    count += 1
                    return count
                }
                Thread.detachNewThread {
                    let connection = Connection(socket: socket, number: number)
                    serve(connection)
                    close(socket)
                }
            }
            close(listener)
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Answers every request of a connection with what `answer` makes of it, keeping the connection.
    static func answering(
        _ answer: @escaping @Sendable (ReceivedRequest, Connection) -> String
    ) throws -> LoopbackServer {
        try LoopbackServer { connection in
            while let request = connection.request() { connection.send(answer(request, connection)) }
        }
    }

    /// A port on which nobody listens.
    static func closedPort() throws -> UInt16 {
        let (socket, port) = try listen()
        close(socket)
        return port
    }

    private static func listen() throws -> (Int32, UInt16) {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, size) == 0 && Glibc.listen(socket, 16) == 0
                    && getsockname(socket, pointer, &size) == 0
            }
        }
        guard socket >= 0, result else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    private final class Counter: Sendable {
        let value = Mutex(0)
    }
}

/// A request as it stood on the wire.
struct ReceivedRequest: Sendable {
    /// `GET /v1/hello HTTP/1.1`
    let line: String
    /// Header lines as sent.
    let headers: [String]
    let body: [UInt8]
    let wireBytes: Int
}

/// The server's side of a connection.
struct Connection: Sendable {
    let socket: Int32
    /// From 1, in order of arrival.
    let number: Int

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var position = 0
        while position < bytes.count {
            let sent = bytes[position...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            position += sent
        }
    }

    /// Some bytes; `nil` when the client has closed.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Takes nothing and says nothing until the client gives up.
    func waitForClose() { while receive() != nil {} }

    /// The next request with its whole body; `nil` when the client has closed.
    func request() -> ReceivedRequest? {
        var bytes: [UInt8] = []
        var end: Int?
        while end == nil {
            guard let more = receive() else { return nil }
            bytes += more
            end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
        }
        guard let end else { return nil }
        var lines = String(decoding: bytes[..<(end - 4)], as: UTF8.self).components(separatedBy: "\r\n")
        let line = lines.removeFirst()
        let length =
            lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
        while bytes.count - end < length {
            guard let more = receive() else { return nil }
            bytes += more
        }
        return ReceivedRequest(line: line, headers: lines, body: Array(bytes[end...]), wireBytes: bytes.count)
    }
}

extension Connection {
    func pause(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

    /// The close at the end becomes a reset.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

extension Connection {
    /// Passes bytes both ways to another loopback port until both sides have closed, or the client has sent more than
    /// `limit`: then it closes with bytes unread, which resets the connection.
    func relay(to port: UInt16, upTo limit: Int = .max) {
        let other = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(other, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return }
        let far = Connection(socket: other, number: 1)
        Thread.detachNewThread { [self] in
            var count = 0
            while count <= limit, let bytes = receive() {
                far.send(bytes)
                count += bytes.count
            }
            if count > limit { shutdown(socket, Int32(SHUT_WR)) }
            shutdown(other, Int32(count > limit ? SHUT_RDWR : SHUT_WR))
        }
        while let bytes = far.receive() { send(bytes) }
        close(other)
    }
}
