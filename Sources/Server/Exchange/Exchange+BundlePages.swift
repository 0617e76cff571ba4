import GRDB
import RecordStore
import SyncEngine
import SyncWire

/// The pages of an answer, all from one snapshot.
extension Exchange {
    /// The log after the stated cursor, as much as fits; the whole picture for a station that has none, or that has
    /// fallen too far behind.
    /// - Returns: the pages; why there are none.
    func pages(
        for request: BundleRequest, device: RegisteredDevice, in database: Database
    ) throws -> (pages: [PullPage], problem: Problem?) {
        let head = try LogReader(database, tables: tables).head()
        guard head.epoch == request.epoch else { return ([], Problem(.epochChanged)) }
        let reader = PullReader(database, tables: tables, device: device.state)
        do {
            guard request.isBootstrapped else { return (try bootstrap(reader), nil) }
            do {
                return (try log(reader, after: request.cursor), nil)
            } catch let problem as Problem where problem.code == .cursorTooOld {
                return (try bootstrap(reader), nil)
            }
        } catch let problem as Problem where problem.code.rawValue < 5000 {
            return ([], problem)
        }
    }

    private func log(_ reader: PullReader, after cursor: Seq) throws -> [PullPage] {
        var pages: [PullPage] = []
        var bytes = 0
        var cursor = cursor
        repeat {
            let page = try reader.page(after: cursor)
            bytes += page.encoded().count
            // The first page goes in whatever its size, or the station would never get on.
            if !pages.isEmpty, bytes > Limits.bundleFillBytes { break }
            cursor = page.to
            pages.append(page)
        } while pages.last?.hasMore == true
        return pages
    }

    /// - Throws: ``Problem`` ``Problem/Code/bodyTooLarge`` for more than fits: half a picture moves no cursor.
    private func bootstrap(_ reader: PullReader) throws -> [PullPage] {
        var pages: [PullPage] = []
        var bytes = 0
        var token: [UInt8] = []
        repeat {
            let page = try reader.bootstrapPage(token: token)
            bytes += page.encoded().count
            guard bytes <= Limits.bundleFillBytes else {
                throw Problem(
                    .bodyTooLarge, "\(bytes)",
                    explanation: Label(
                        zh: "本站要取的全部记录超过一个同步包，请先联网同步一次",
                        en: "The station's records do not fit a bundle; sync it over the network once"))
            }
            pages.append(page)
            token = page.bootstrapToken
        } while !token.isEmpty
        return pages
    }
}
