import Chuda

/// What there is to do, and what there is to know.
public struct TasksState: ScreenState, Equatable {
    public var tasks: [TaskView] = []
    public var notices: [TaskView] = []
    public var today: Day
    /// An answer that needs a reason.
    public var answering: Answer?
    /// Whether the system shows notifications of new tasks.
    public var reminders: Access
    public var loading = true
    public var failure: Failure?

    public init(today: Day, reminders: Access) {
        self.today = today
        self.reminders = reminders
    }
}

public final class TasksModel: Model<TasksState> {
    private let workbench: Workbench

    public init(_ workbench: Workbench, _ platform: Platform) {
        self.workbench = workbench
        super.init(TasksState(today: workbench.today(), reminders: platform.permission(.notifications)), platform)
        follow(workbench) { [self] home in
            state.tasks = home.tasks
            state.notices = home.notices
            state.today = home.report.day
            state.reminders = platform.permission(.notifications)
            state.loading = false
        }
    }

    public func answer(_ id: TaskId, _ choice: String?) {
        complete(id, choice, reason: nil)
    }

    /// The reason that the answer needs; with nothing the answer is given up.
    public func giveReason(_ reason: String?) {
        guard let answer = state.answering else { return }
        state.answering = nil
        if let reason { complete(answer.task.id, answer.choice, reason: reason) }
    }

    /// Something to know has been read.
    public func tick(_ id: TaskId) {
        complete(id, nil, reason: nil)
    }

    /// Wants to be told of new tasks; the screen has said why the system asks.
    public func remind() {
        work { [self] in
            state.reminders = await platform.ask(.notifications)
            guard state.reminders == .granted else { throw ChudaError.denied(.notifications) }
        }
    }

    private func complete(_ id: TaskId, _ choice: String?, reason: String?) {
        let task = (state.tasks + state.notices).first { $0.id == id }
        work(again: { [self] in complete(id, choice, reason: reason) }) { [self] in
            guard try await workbench.completeTask(id: id, choice: choice, reason: reason) != nil else {
                state.answering = task.map { Answer(task: $0, choice: choice) }
                return
            }
            platform.feedback(.done)
            platform.scheduleSync()
        }
    }
}
