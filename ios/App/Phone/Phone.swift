#if canImport(UIKit)
    import AVFoundation
    import Chuda
    import ChudaModels
    import Network
    import QuickLook
    import UIKit
    import UserNotifications

    /// This iPhone, as the screens need it.
    @MainActor
    final class Phone: NSObject, Platform {
        /// Asks the system to sync in the background.
        var syncIsDue: () -> Void = {}
        private let place = PlaceFinder()
        private let folders = Folders()
        private let monitor = NWPathMonitor()
        private var path: NWPath?
        private var shown: ShownFile?
        private var notifications = Access.askable

        override init() {
            super.init()
            monitor.pathUpdateHandler = { [weak self] path in
                Task { @MainActor in self?.path = path }
            }
            monitor.start(queue: .global(qos: .utility))
            Task { await lookAtNotifications() }
        }

        /// Files of the store stay readable behind the lock screen, so that a sync may run there, but not before the first unlock.
        func settings() async throws -> Settings {
            let folders = folders
            return try await Task.detached {
                try folders.makeStore()
                return Settings(
                    dir: folders.store.path, key: try DatabaseKey.get(), signer: try DeviceKey.get(), models: folders.models?.path)
            }.value
        }

        func preference(_ name: String) -> String? { UserDefaults.standard.string(forKey: name) }

        func prefer(_ name: String, _ value: String) { UserDefaults.standard.set(value, forKey: name) }

        var language: String { Locale.preferredLanguages.first?.hasPrefix("zh") ?? true ? "zh" : "en" }

        // MARK: Permissions

        func permission(_ kind: Permission) -> Access {
            switch kind {
            case .microphone:
                switch AVAudioApplication.shared.recordPermission {
                case .granted: .granted
                case .denied: .denied
                default: .askable
                }
            case .camera:
                switch AVCaptureDevice.authorizationStatus(for: .video) {
                case .authorized: .granted
                case .notDetermined: .askable
                default: .denied
                }
            case .location: place.access
            case .notifications: notifications
            }
        }

        func ask(_ kind: Permission) async -> Access {
            switch kind {
            case .microphone: _ = await AVAudioApplication.requestRecordPermission()
            case .camera: _ = await AVCaptureDevice.requestAccess(for: .video)
            case .location: await place.ask()
            case .notifications:
                _ = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .badge, .sound])
                await lookAtNotifications()
            }
            return permission(kind)
        }

        private func lookAtNotifications() async {
            switch await UNUserNotificationCenter.current().notificationSettings().authorizationStatus {
            case .authorized, .provisional, .ephemeral: notifications = .granted
            case .denied: notifications = .denied
            default: notifications = .askable
            }
        }

        func openSettings() {
            if let settings = URL(string: UIApplication.openSettingsURLString) { UIApplication.shared.open(settings) }
        }

        // MARK: Capture

        func listen(onPiece: @escaping @Sendable (Data) -> Void, onEnd: @escaping @Sendable (EndReason) -> Void) -> Microphone {
            EngineMicrophone(onPiece: onPiece, onEnd: onEnd)
        }

        func takePhoto() async throws -> Captured? {
            guard UIImagePickerController.isSourceTypeAvailable(.camera), let screen = topScreen else { return nil }
            let scratch = folders.captured("photo.jpg")
            return try await CameraSheet.photo(on: screen, to: scratch)
        }

        func pickFile() async throws -> Captured? {
            guard let screen = topScreen else { return nil }
            let folders = folders
            return try await FileSheet.pick(on: screen, language: preference("language") ?? language) { folders.captured($0) }
        }

        func scanCode() async throws -> String? {
            var access = permission(.camera)
            if access == .askable { access = await ask(.camera) }
            guard access == .granted, let screen = topScreen else { return nil }
            return await CodeScanner.scan(on: screen)
        }

        func location() async -> Location? { await place.find() }

        // MARK: Showing

        func play(
            _ path: String, onPosition: @escaping @MainActor @Sendable (Int64) -> Void, onEnd: @escaping @MainActor @Sendable () -> Void
        ) throws -> Player {
            try SoundPlayer(URL(fileURLWithPath: path), onPosition: onPosition, onEnd: onEnd)
        }

        func open(_ path: String, mime: String) -> Bool {
            let file = ShownFile(URL(fileURLWithPath: path))
            guard let screen = topScreen, QLPreviewController.canPreview(file.url as NSURL) else { return false }
            let preview = QLPreviewController()
            preview.dataSource = file
            shown = file
            screen.present(preview, animated: true)
            return true
        }

        func share(_ path: String, mime: String) -> Bool {
            guard let screen = topScreen else { return false }
            let sheet = UIActivityViewController(activityItems: [URL(fileURLWithPath: path)], applicationActivities: nil)
            // An iPad wants to know where the sheet points.
            sheet.popoverPresentationController?.sourceView = screen.view
            screen.present(sheet, animated: true)
            return true
        }

        private var topScreen: UIViewController? {
            let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
            var screen = scenes.first { $0.activationState == .foregroundActive }?.keyWindow?.rootViewController
            while let next = screen?.presentedViewController { screen = next }
            return screen
        }

        // MARK: Files

        func scratch(_ name: String) -> String { folders.scratch(name).path }

        func forget(_ path: String) { folders.remove(path) }

        func leftovers() -> [Captured] { folders.leftovers() }

        var freeBytes: Int64 { folders.freeBytes }

        // MARK: The rest

        /// As long as the system has not said, it is worth a try.
        var isOnline: Bool { path.map { $0.status == .satisfied } ?? true }

        var onWifi: Bool { path.map { $0.status == .satisfied && !$0.isExpensive && !$0.isConstrained } ?? false }

        func feedback(_ kind: Feedback) {
            switch kind {
            case .tick: UIImpactFeedbackGenerator(style: .medium).impactOccurred()
            case .done: UINotificationFeedbackGenerator().notificationOccurred(.success)
            case .error: UINotificationFeedbackGenerator().notificationOccurred(.error)
            }
        }

        func scheduleSync() { syncIsDue() }
    }

    private final class ShownFile: NSObject, QLPreviewControllerDataSource {
        let url: URL

        init(_ url: URL) {
            self.url = url
        }

        func numberOfPreviewItems(in controller: QLPreviewController) -> Int { 1 }

        func previewController(_ controller: QLPreviewController, previewItemAt index: Int) -> QLPreviewItem { url as NSURL }
    }
#endif
