import Foundation

/// The folder in which the share extension leaves files and the app finds them.
enum SharedInbox {
    static let group = "group.chuda"

    static var folder: URL? {
        #if canImport(Darwin)
            guard let container = FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: group) else { return nil }
            let folder = container.appendingPathComponent("inbox", isDirectory: true)
            try? FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication])
            return folder
        #else
            return nil
        #endif
    }

    /// Whole or not at all: the app never sees half a file.
    static func leave(_ file: URL) throws {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        let name = "\(UUID().uuidString)-\(file.lastPathComponent)"
        let half = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.copyItem(at: file, to: half)
        try FileManager.default.moveItem(at: half, to: folder.appendingPathComponent(name))
    }
}
