#if canImport(UIKit)
    import Chuda
    import ChudaModels
    import Foundation

    /// Where things lie: the store, what was captured and is not kept yet, what is shown and goes again.
    struct Folders: Sendable {
        let store: URL
        private let captures: URL
        private let scratches: URL
        private let shared = SharedInbox.folder

        init() {
            let files = FileManager.default
            let support = URL.applicationSupportDirectory
            store = support.appending(path: "store")
            captures = support.appending(path: "captures")
            scratches = URL.cachesDirectory.appending(path: "shown")
            // What was shown last time is decrypted: it goes.
            try? files.removeItem(at: scratches)
            for folder in [captures, scratches] { try? files.createDirectory(at: folder, withIntermediateDirectories: true) }
        }

        /// The store is on this phone only: the server has everything, and a copy could not be opened without this phone's keys.
        func makeStore() throws {
            let protection: [FileAttributeKey: Any] = [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
            for folder in [store.deletingLastPathComponent(), captures] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: protection)
                try FileManager.default.setAttributes(protection, ofItemAtPath: folder.path)
                var values = URLResourceValues()
                values.isExcludedFromBackup = true
                var folder = folder
                try folder.setResourceValues(values)
            }
        }

        /// The speech model: with the app, or fetched later.
        var models: URL? {
            let fetched = URL.applicationSupportDirectory.appending(path: "models")
            if FileManager.default.fileExists(atPath: fetched.path) { return fetched }
            return Bundle.main.url(forResource: "models", withExtension: nil)
        }

        func captured(_ name: String) -> URL { captures.appending(path: "\(UUID().uuidString)-\(name)") }

        func scratch(_ name: String) -> URL { scratches.appending(path: "\(UUID().uuidString)-\(name)") }

        /// Only what lies in these folders is ours to remove.
        func remove(_ path: String) {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL
            let own = [captures, scratches, shared].compactMap { $0?.standardizedFileURL }
            if own.contains(folder) { try? FileManager.default.removeItem(atPath: path) }
        }

        func leftovers() -> [Captured] {
            captured(in: captures, source: .camera) + (shared.map { captured(in: $0, source: .file) } ?? [])
        }

        private func captured(in folder: URL, source: Source) -> [Captured] {
            let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
            // A rendition belongs to the picture beside it, whose name it has.
            let (renditions, originals) = (files.filter { $0.isRendition }, files.filter { !$0.isRendition })
            return originals.map { file in
                let rendition = renditions.first { $0 == file.rendition }
                return Captured(path: file.path, source: file.isFromGallery ? .gallery : source, rendition: rendition?.path)
            }
        }

        var freeBytes: Int64 {
            let values = try? URL.applicationSupportDirectory.resourceValues(forKeys: [.volumeAvailableCapacityForImportantUsageKey])
            return values?.volumeAvailableCapacityForImportantUsage ?? 0
        }
    }

    extension URL {
        /// Where the JPEG of a picture goes that the core can't decode.
        var rendition: URL { appendingPathExtension("rendition.jpg") }

        fileprivate var isRendition: Bool { lastPathComponent.hasSuffix(".rendition.jpg") }

        /// The name says it, behind the 36 letters that make it unique.
        fileprivate var isFromGallery: Bool { lastPathComponent.dropFirst(36).hasPrefix("-gallery-") }
    }
#endif
