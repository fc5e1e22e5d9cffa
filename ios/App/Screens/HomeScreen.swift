#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    /// The workbench home: what waits, today's report, the most urgent task, red customers, and the thumb's bar below.
    struct HomeScreen: View {
        let model: HomeModel
        let go: (Place.Tab) -> Void
        @Environment(\.words) private var words

        var body: some View {
            Page {
                Notices(model: model)
                if let home = model.state.home {
                    if let waiting = home.waiting { Waiting(text: waiting, resume: model.resume) }
                    ReportPanel(model: model, card: home.report, openTouches: { go(.touches) })
                    if let task = home.tasks.first {
                        Panel {
                            TaskLines(task: task, today: home.report.day) { model.answer(task.id, $0) }
                            if home.tasks.count > 1 {
                                Button(words("home.more_tasks", ["count": home.tasks.count - 1])) { go(.tasks) }.frame(minHeight: 48)
                            }
                        }
                    }
                    if !home.redCustomers.isEmpty {
                        Panel {
                            ForEach(home.redCustomers.prefix(2), id: \.id) { customer in
                                Line(
                                    title: customer.name, text: customer.health.sum, image: "exclamationmark.triangle",
                                    action: { model.open(.customer(customer.id)) }
                                ) { Tag(text: words("health.red"), tone: .bad) }
                            }
                        }
                    }
                } else if model.state.failure == nil {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                }
            }
            .navigationTitle(model.state.home.map { words.day($0.report.day) } ?? "")
            .toolbar {
                if let summary = model.state.home?.sync {
                    ToolbarItem(placement: .topBarTrailing) {
                        Button(action: model.sync) {
                            Label(summary.line.text, systemImage: summary.line.standing.image).labelStyle(.titleAndIcon)
                        }
                        .font(.footnote)
                        .foregroundStyle(summary.line.standing == .attention ? Color.bad : Color.quiet)
                        .accessibilityHint(words("sync.title"))
                    }
                }
            }
            .safeAreaInset(edge: .bottom, spacing: 0) { CaptureBar(model: model) }
            .sheet(isPresented: isAsking) { HomeQuestion(model: model).environment(\.words, words) }
        }

        private var isAsking: Binding<Bool> {
            Binding(get: { model.state.choosing != nil }, set: { if !$0 { model.cancelChoice() } })
        }
    }

    /// What was begun and not finished.
    private struct Waiting: View {
        let text: String
        let resume: () -> Void

        var body: some View {
            Button(action: resume) {
                HStack(spacing: 10) {
                    Image(systemName: "pencil.line").accessibilityHidden(true)
                    Text(text).frame(maxWidth: .infinity, alignment: .leading)
                    Image(systemName: "chevron.forward").font(.footnote).accessibilityHidden(true)
                }
                .font(.subheadline.weight(.medium))
                .padding(.horizontal, 14)
                .frame(minHeight: 48)
                .foregroundStyle(Color.doubt)
                .background(Color.doubtSoft, in: RoundedRectangle(cornerRadius: 16, style: .continuous))
            }
            .buttonStyle(.plain)
        }
    }

    /// 今日日报
    private struct ReportPanel: View {
        let model: HomeModel
        let card: ReportCard
        let openTouches: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            Panel {
                HStack {
                    Text(words("home.report")).font(.headline).accessibilityAddTraits(.isHeader)
                    Spacer()
                    if let filed = card.filed {
                        Tag(text: words(filed.short ? "home.filed_short" : "home.filed"), image: "checkmark", tone: .good)
                    } else {
                        Text(words("home.count", ["count": card.touches.count, "full": full])).font(.footnote).foregroundStyle(Color.quiet)
                    }
                }
                Button(action: openTouches) {
                    VStack(alignment: .leading, spacing: 10) {
                        ForEach(card.touches.prefix(full), id: \.id) { Filled(touch: $0) }
                        ForEach(card.touches.count..<max(full, card.touches.count), id: \.self) { index in
                            Open(text: index == 0 ? words("home.slot_first") : words("home.slot_open", ["number": index + 1]))
                        }
                    }
                }
                .buttonStyle(.plain)
                Divider()
                tomorrow
                filing
            }
        }

        private var full: Int { Int(card.full) }

        /// The key action for tomorrow: another suggestion is one tap away, any other words are two.
        private var tomorrow: some View {
            HStack(spacing: 8) {
                Button {
                    model.chooseTomorrow(nil)
                } label: {
                    HStack(alignment: .firstTextBaseline, spacing: 10) {
                        Image(systemName: "calendar").accessibilityLabel(words("home.tomorrow"))
                        Text(card.tomorrow ?? words("home.no_tomorrow"))
                            .foregroundStyle(card.tomorrow == nil ? Color.quiet : Color.primary)
                            .frame(maxWidth: .infinity, alignment: .leading)
                    }
                    .font(.subheadline)
                    .frame(minHeight: 48)
                }
                .buttonStyle(.plain)
                if let another = card.another {
                    Button(words("home.another")) { model.chooseTomorrow(another) }.font(.subheadline).frame(minHeight: 48)
                }
            }
        }

        @ViewBuilder
        private var filing: some View {
            let state = model.state
            if let filed = card.filed, state.undo > 0 {
                VStack(alignment: .leading, spacing: 8) {
                    Label(words("home.just_filed"), systemImage: "checkmark.circle.fill").font(.headline).foregroundStyle(Color.accent)
                    SoftButton(title: words("home.undo", ["seconds": state.undo]), image: "arrow.uturn.backward", action: model.undo)
                }
                .id(filed.id)
            } else {
                switch card.filing {
                case .update:
                    MainButton(
                        title: words("home.update"), image: "arrow.triangle.2.circlepath", isWorking: state.filing, action: model.file)
                case .filed:
                    if let filed = card.filed {
                        Label(
                            words("home.filed_at", ["time": words.time(filed.filedAt), "state": words(filed.state)]), systemImage: "clock"
                        )
                        .font(.footnote)
                        .foregroundStyle(Color.quiet)
                        .frame(minHeight: 48)
                    }
                case .fileShort:
                    MainButton(
                        title: words("home.file_short", ["missing": card.missing]), isWorking: state.filing, isQuiet: true,
                        action: model.file)
                case .file:
                    MainButton(title: words("home.file"), image: "checkmark", isWorking: state.filing, action: model.file)
                }
            }
        }
    }

    /// A slot of the report that a touch has filled.
    struct Filled: View {
        let touch: TouchView
        @Environment(\.words) private var words

        var body: some View {
            HStack(alignment: .firstTextBaseline, spacing: 10) {
                Image(systemName: "checkmark.circle.fill").foregroundStyle(Color.accent).accessibilityHidden(true)
                Flow(spacing: 6) {
                    Text(touch.customerName).font(.subheadline.weight(.semibold))
                    Text("\(words(touch.mode)) · \(words(touch.action))").font(.footnote).foregroundStyle(Color.quiet)
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                Image(systemName: touch.evidence.last?.image ?? "exclamationmark.triangle")
                    .foregroundStyle(Color.accent)
                    .accessibilityLabel(words(touch.evidence.isEmpty ? "status.draft" : "home.has_evidence"))
            }
            .frame(minHeight: 36)
            .accessibilityElement(children: .combine)
        }
    }

    private struct Open: View {
        let text: String

        var body: some View {
            HStack(alignment: .firstTextBaseline, spacing: 10) {
                Image(systemName: "circle").foregroundStyle(Color.quiet).accessibilityHidden(true)
                Text(text).font(.subheadline).foregroundStyle(Color.quiet)
            }
            .frame(minHeight: 36)
        }
    }

    private struct HomeQuestion: View {
        let model: HomeModel
        @Environment(\.words) private var words

        var body: some View {
            switch model.state.choosing {
            case .reason?: reasons
            case .tomorrow?: tomorrow
            case .agreement(let consent)?: agreement(consent)
            case .answer(let answer)?:
                Question(title: words(answer.task.kind), cancel: model.cancelChoice) {
                    AskText(label: words("tasks.reason"), done: words("do.send")) {
                        model.answer(answer.task.id, answer.choice, reason: $0)
                    }
                }
            case nil: EmptyView()
            }
        }

        private var card: ReportCard? { model.state.home?.report }

        private var reasons: some View {
            Question(title: words("home.why_short", ["missing": card?.missing ?? 0]), cancel: model.cancelChoice) {
                Flow {
                    ForEach(card?.reasons ?? [], id: \.key) { reason in
                        ChoiceButton(title: words(reason), isChosen: false) { model.chooseReason(reason.key) }
                    }
                }
            }
        }

        private var tomorrow: some View {
            Question(title: words("home.choose_tomorrow"), cancel: model.cancelChoice) {
                ForEach(card?.suggestions ?? [], id: \.self) { text in
                    ChoiceButton(title: text, isChosen: text == card?.tomorrow) {
                        model.chooseTomorrow(text)
                    }
                }
                AskText(label: words("home.own_words"), done: words("do.take")) { model.chooseTomorrow($0) }
            }
        }

        private func agreement(_ consent: ConsentView) -> some View {
            Question(title: words("home.may_record"), cancel: model.cancelChoice) {
                Text(words(consent.text))
                Text(words("home.microphone_next")).font(.subheadline).foregroundStyle(Color.quiet)
                MainButton(title: words("do.agree"), action: model.agree)
                Button(words("home.write_instead")) {
                    model.cancelChoice()
                    model.write()
                }
                .frame(maxWidth: .infinity, minHeight: 48)
            }
        }
    }

    extension Standing {
        fileprivate var image: String {
            switch self {
            case .attention: "exclamationmark.icloud"
            case .off: "icloud.slash"
            case .waiting: "icloud.and.arrow.up"
            case .synced: "checkmark.icloud"
            }
        }
    }
#endif
