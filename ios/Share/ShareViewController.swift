#if canImport(UIKit)
    import UIKit
    import UniformTypeIdentifiers

    /// Takes files from other apps and leaves them where the app finds them. It opens no store: that is the app's alone.
    final class ShareViewController: UIViewController {
        override func viewDidAppear(_ animated: Bool) {
            super.viewDidAppear(animated)
            Task {
                do {
                    for provider in providers { try SharedInbox.leave(try await file(of: provider)) }
                    extensionContext?.completeRequest(returningItems: nil)
                } catch {
                    // The system's sheet says that it did not work.
                    extensionContext?.cancelRequest(withError: error)
                }
            }
        }

        private var providers: [NSItemProvider] {
            let items = extensionContext?.inputItems.compactMap { $0 as? NSExtensionItem } ?? []
            return items.flatMap { $0.attachments ?? [] }
        }

        /// A copy that outlives the provider's own.
        private func file(of provider: NSItemProvider) async throws -> URL {
            try await withCheckedThrowingContinuation { answer in
                provider.loadFileRepresentation(forTypeIdentifier: UTType.data.identifier) { url, error in
                    answer.resume(
                        with: Result {
                            guard let url else { throw error ?? CocoaError(.fileReadUnknown) }
                            let copy = FileManager.default.temporaryDirectory.appendingPathComponent(
                                "\(UUID().uuidString)-\(url.lastPathComponent)")
                            try FileManager.default.copyItem(at: url, to: copy)
                            return copy
                        })
                }
            }
        }
    }
#endif
