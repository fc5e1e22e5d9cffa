#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    /// A task: what it is about, the words that help, and its answers.
    struct TaskLines: View {
        let task: TaskView
        let today: Day
        let answer: (String?) -> Void
        @State private var isUnfolded = false
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 8) {
                Text(words(task.kind)).font(.headline)
                if let about = words.about(task, today: today) { Text(about).font(.footnote).foregroundStyle(Color.quiet) }
                ForEach(words.facts(task), id: \.label) { fact in
                    Text("\(fact.label)\(words("list.colon"))\(fact.value)").font(.subheadline)
                }
                if task.attachmentUploading { Tag(text: words("tasks.attachment_uploading"), image: "icloud.and.arrow.up", tone: .doubt) }
                if let pack = task.scriptPack {
                    DisclosureGroup(words(pack.title), isExpanded: $isUnfolded) {
                        Text(pack.text).font(.subheadline).frame(maxWidth: .infinity, alignment: .leading).textSelection(.enabled)
                    }
                    .font(.subheadline.weight(.medium))
                }
                Flow {
                    if task.notice {
                        ChoiceButton(title: words("tasks.seen"), isChosen: false) { answer(nil) }
                    } else if task.choices.isEmpty {
                        ChoiceButton(title: words("tasks.done"), isChosen: false) { answer(nil) }
                    }
                    ForEach(task.choices, id: \.key) { choice in
                        ChoiceButton(title: words(choice), isChosen: false) { answer(choice.key) }
                    }
                }
            }
        }
    }
#endif
