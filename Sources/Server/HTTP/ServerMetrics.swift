import Synchronization

/// What `/metrics` says, in Prometheus' text format: counts of answers by path and status, and the time they took.
final class ServerMetrics: Sendable {
    private struct Series {
        var count = 0
        var seconds = 0.0
    }

    private struct Key: Hashable {
        let path: String
        let status: Int
    }

    private let series = Mutex<[Key: Series]>([:])

    func observe(path: String, status: Int, duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        series.withLock { series in
            series[Key(path: path, status: status), default: Series()].count += 1
            series[Key(path: path, status: status), default: Series()].seconds += seconds
        }
    }

    func exposition() -> String {
        let snapshot = series.withLock(\.self).sorted { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }
        var lines = ["# TYPE ruhu_http_requests_total counter"]
        lines += snapshot.map {
            "ruhu_http_requests_total{path=\"\($0.key.path)\",status=\"\($0.key.status)\"} \($0.value.count)"
        }
        lines.append("# TYPE ruhu_http_request_seconds_total counter")
        lines += snapshot.map {
            "ruhu_http_request_seconds_total{path=\"\($0.key.path)\",status=\"\($0.key.status)\"} \($0.value.seconds)"
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
