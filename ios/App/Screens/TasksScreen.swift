#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct TasksScreen: View {
        let model: TasksModel
        @Environment(\.words) private var words

        var body: some View {
            let state = model.state
            Page {
                Notices(model: model)
                ForEach(state.tasks, id: \.id) { task in
                    Panel { TaskLines(task: task, today: state.today) { model.answer(task.id, $0) } }
                }
                if !state.notices.isEmpty {
                    Text(words("tasks.notices")).font(.headline).padding(.top, 8).accessibilityAddTraits(.isHeader)
                    ForEach(state.notices, id: \.id) { notice in
                        Panel { TaskLines(task: notice, today: state.today) { _ in model.tick(notice.id) } }
                    }
                }
                if state.reminders == .askable {
                    Panel {
                        Text(words("tasks.remind_text")).font(.subheadline).foregroundStyle(Color.quiet)
                        SoftButton(title: words("tasks.remind"), image: "bell", action: model.remind)
                    }
                }
                if state.loading {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                } else if state.tasks.isEmpty && state.notices.isEmpty {
                    Empty(title: words("tasks.none"), hint: words("tasks.none_hint"), image: "checklist")
                }
            }
            .navigationTitle(words("tasks.title"))
            .sheet(isPresented: isAsking) {
                if let answer = state.answering {
                    Question(title: words(answer.task.kind), cancel: { model.giveReason(nil) }) {
                        AskText(label: words("tasks.reason"), done: words("do.send")) { model.giveReason($0) }
                    }
                    .environment(\.words, words)
                }
            }
        }

        private var isAsking: Binding<Bool> {
            Binding(get: { model.state.answering != nil }, set: { if !$0 { model.giveReason(nil) } })
        }
    }
#endif
