#if canImport(UIKit)
    import BackgroundTasks
    import Chuda
    import ChudaModels
    import UIKit

    /// Syncs when the app is on screen and, when the system finds the time, behind it; says what new tasks came.
    @MainActor
    final class Background {
        static let identifier = "chuda.sync"
        private let phone: Phone
        private let reminders: Reminders
        private var workbench: Workbench?
        private var waiting: [CheckedContinuation<Void, Never>] = []
        private var running: Task<Bool, Never>?

        init(_ phone: Phone) {
            self.phone = phone
            reminders = Reminders(phone)
        }

        func use(_ workbench: Workbench) {
            self.workbench = workbench
            waiting.forEach { $0.resume() }
            waiting = []
        }

        /// Has to be called before the app has finished launching.
        func register() {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: Self.identifier, using: .main) { task in
                MainActor.assumeIsolated { self.run(task) }
            }
        }

        func schedule() {
            let request = BGProcessingTaskRequest(identifier: Self.identifier)
            request.requiresNetworkConnectivity = true
            try? BGTaskScheduler.shared.submit(request)
            if UIApplication.shared.applicationState == .active { syncNow() }
        }

        func syncNow() {
            guard phone.isOnline else { return }
            Task {
                // A few seconds are left even when the person leaves the app at once.
                let grace = UIApplication.shared.beginBackgroundTask()
                _ = await sync()
                UIApplication.shared.endBackgroundTask(grace)
            }
        }

        private func run(_ task: BGTask) {
            let work = Task {
                let isDone = await sync()
                if !isDone { schedule() }
                task.setTaskCompleted(success: isDone)
            }
            task.expirationHandler = {
                work.cancel()
                Task { @MainActor in self.running?.cancel() }
            }
        }

        /// One exchange at a time; whatever is left goes with the next.
        private func sync() async -> Bool {
            if let running { return await running.value }
            let task = Task {
                guard let workbench = await opened() else { return false }
                do {
                    let before = Set(try await workbench.tasks().map(\.id))
                    let report = try await workbench.sync(blobsOver(network: phone.network))
                    await reminders.tell(of: try await workbench.tasks().filter { !before.contains($0.id) })
                    return report.blobs.left == 0
                } catch {
                    // The sync screen shows the same when someone looks; everything is kept.
                    return false
                }
            }
            running = task
            defer { running = nil }
            return await task.value
        }

        /// The app may have been started for this alone: then its store is just being opened.
        private func opened() async -> Workbench? {
            if workbench == nil {
                guard let settings = try? await phone.settings(), storeExists(dir: settings.dir) else { return nil }
            }
            if workbench == nil { await withCheckedContinuation { waiting.append($0) } }
            return workbench
        }
    }
#endif
