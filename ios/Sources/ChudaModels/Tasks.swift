import Chuda

/// What there is to do, and what there is to know.
public struct TasksState: ScreenState, Equatable {
    public var tasks: [TaskView] = []
    public var notices: [TaskView] = []
    /// An answer that needs a reason.
    public var answering: Answer?
    public var loading = true
    public var failure: Failure?

    public init() {}
}

public final class TasksModel: Model<TasksState> {
    private let workbench: Workbench

    public init(_ workbench: Workbench, _ platform: Platform) {
        self.workbench = workbench
        super.init(TasksState(), platform)
        follow(workbench) { [self] home in
            state.tasks = home.tasks
            state.notices = home.notices
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

    private func complete(_ id: TaskId, _ choice: String?, reason: String?) {
        let task = (state.tasks + state.notices).first { $0.id == id }
        work(again: { [self] in complete(id, choice, reason: reason) }) { [self] in
            do {
                _ = try await workbench.completeTask(id: id, choice: choice, reason: reason)
                platform.feedback(.done)
                platform.scheduleSync()
            } catch let error as ChudaError where reason == nil && error.wantsReason {
                state.answering = task.map { Answer(task: $0, choice: choice) }
            }
        }
    }
}
