package import SyncEngine

/// The engine's record; GRDB has a class of that name, which is not used here.
package typealias Record = SyncEngine.Record
