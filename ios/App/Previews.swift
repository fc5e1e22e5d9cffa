#if canImport(SwiftUI) && DEBUG
    import Chuda
    import ChudaModels
    import SwiftUI

    #Preview("Customer") {
        Panel { CustomerLine(customer: Sample.customer) {} }
    }

    #Preview("Touch") {
        Panel { TouchLine(touch: Sample.touch) {} }
    }

    #Preview("Slot of the report") {
        Panel { Filled(touch: Sample.touch) }
    }

    #Preview("Task, in English") {
        Panel { TaskLines(task: Sample.task, today: "2026-11-24") { _ in } }
            .environment(\.words, Words("en"))
    }

    #Preview("Heard") {
        Panel { HeardText(heard: Sample.heard) }
    }

    #Preview("Heard, large and dark") {
        ScrollView { Panel { HeardText(heard: Sample.heard) } }
            .dynamicTypeSize(.accessibility3)
            .preferredColorScheme(.dark)
    }

    #Preview("Evidence") {
        EvidenceTile(evidence: Sample.evidence, thumbnail: nil)
    }

    #Preview("A failure") {
        NoticeView(failure: Failure(ChudaError.denied(.microphone)), dismiss: {}, remedy: { _ in }).padding()
    }
#endif
