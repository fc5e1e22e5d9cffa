#if canImport(UIKit)
    import Chuda
    import ChudaModels
    import UserNotifications

    /// New tasks as notifications. Neither a customer nor an amount is shown on a locked screen.
    @MainActor
    final class Reminders {
        private let phone: Phone

        init(_ phone: Phone) {
            self.phone = phone
        }

        func tell(of tasks: [TaskView]) async {
            guard !tasks.isEmpty, phone.permission(.notifications) == .granted else { return }
            let words = Words(phone.preference("language") ?? phone.language)
            for task in tasks {
                let content = UNMutableNotificationContent()
                content.title = words("tasks.title")
                content.body = words(task.kind)
                content.sound = .default
                try? await UNUserNotificationCenter.current().add(
                    UNNotificationRequest(identifier: task.id, content: content, trigger: nil))
            }
        }
    }
#endif
