import SyncEngine

extension WireBase {
    init(_ base: Base) {
        self.init()
        epoch = base.epoch.data
        seq = base.seq
    }

    func engineValue() throws(CodecError) -> Base { Base(epoch: try epoch.id("base.epoch"), seq: seq) }
}
