import Foundation

/// A TCP socket on 127.0.0.1, blocking. Its owner closes it.
package struct LoopbackSocket: Sendable {
    let descriptor: Int32

    package static let patienceSeconds = 15
    private static let host = UInt32(0x7f00_0001).bigEndian
    private static let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

    package static func listening() throws -> (LoopbackSocket, port: Int) {
        let socket = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = host
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, size) == 0 && listen(socket, 64) == 0 && getsockname(socket, pointer, &size) == 0
            }
        }
        guard socket >= 0, isBound else { throw ProgramFailure("listen: \(errno)") }
        return (LoopbackSocket(descriptor: socket), Int(UInt16(bigEndian: address.sin_port)))
    }

    /// `nil` when nobody listens there.
    /// - Parameters:
    ///   - place: the last number of the caller's own address, 127.0.0.`place`.
    ///   - patienceSeconds: a longer silence ends a receive.
    package static func connected(
        to port: Int, from place: UInt8 = 1, patienceSeconds: Int = Self.patienceSeconds
    ) -> LoopbackSocket? {
        let socket = socket(AF_INET, stream, 0)
        let own = UInt32(0x7f00_0000 + UInt32(place)).bigEndian
        let isBound = place == 1 || withAddress(own, port: 0) { bind(socket, $0, $1) == 0 }
        let isConnected = isBound && withAddress(host, port: port) { connect(socket, $0, $1) == 0 }
        let result = LoopbackSocket(descriptor: socket)
        guard isConnected else {
            result.close()
            return nil
        }
        result.limitSilence(seconds: patienceSeconds)
        return result
    }

    private static func withAddress(
        _ host: UInt32, port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = host
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    /// The next connection; `nil` when the listener was shut down.
    package func accepted() -> LoopbackSocket? {
        let socket = accept(descriptor, nil, nil)
        guard socket >= 0 else { return nil }
        // A program started meanwhile must not keep the connection open.
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        return LoopbackSocket(descriptor: socket)
    }

    private func limitSilence(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    @discardableResult func send(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    @discardableResult package func send(_ bytes: [UInt8]) -> Bool { send(bytes[...]) }

    /// Some bytes; `nil` at the end, or after a long silence.
    package func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// One HTTP/1.1 message with a Content-Length, head and body as they stand on the wire; what has come when the other
    /// side ends before, `nil` when nothing has.
    package func message() -> [UInt8]? {
        var bytes: [UInt8] = []
        var wanted: Int?
        while wanted.map({ bytes.count < $0 }) ?? true {
            guard let more = receive() else { break }
            bytes += more
            if wanted == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound {
                wanted = end + Self.contentLength(bytes[..<end])
            }
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func contentLength(_ head: ArraySlice<UInt8>) -> Int {
        let lines = String(decoding: head, as: UTF8.self).lowercased().components(separatedBy: "\r\n")
        let line = lines.first { $0.hasPrefix("content-length:") }
        return line.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
    }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }
    package func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Ends the connection, also where a program started meanwhile has inherited it.
    package func close() {
        shutDown()
        Foundation.close(descriptor)
    }
}
