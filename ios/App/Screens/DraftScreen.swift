#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    /// The half-made touch: what was heard, the four fields, evidence, and one button.
    struct DraftScreen: View {
        let model: DraftModel
        @State private var isDiscarding = false
        @Environment(\.words) private var words

        var body: some View {
            Page {
                Notices(model: model)
                if model.state.listening { Panel { listening } }
                if let view = model.state.view {
                    if let heard = view.heard { Panel { HeardText(heard: heard) } }
                    Panel { SlotList(slots: view.slots, model: model) }
                    Panel { EvidenceStrip(view: view, model: model) }
                    Panel { More(slots: view.more, model: model) }
                } else if model.state.failure == nil {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                }
            }
            .navigationTitle(words("draft.title"))
            .navigationBarTitleDisplayMode(.inline)
            .toolbar {
                ToolbarItem(placement: .topBarLeading) { Button(words("do.close"), action: model.keepForLater) }
                ToolbarItem(placement: .topBarTrailing) {
                    Button(role: .destructive) {
                        isDiscarding = true
                    } label: {
                        Image(systemName: "trash")
                    }
                    .accessibilityLabel(words("draft.discard"))
                }
            }
            .confirmationDialog(words("draft.discard_title"), isPresented: $isDiscarding, titleVisibility: .visible) {
                Button(words("draft.discard"), role: .destructive, action: model.discard)
                Button(words("do.cancel"), role: .cancel) {}
            } message: {
                Text(words("draft.discard_text"))
            }
            .safeAreaInset(edge: .bottom) { save.padding(12).background(.bar) }
        }

        @ViewBuilder
        private var listening: some View {
            Text(words("draft.listening", ["percent": Int(model.state.share * 100)])).font(.headline)
            ProgressView(value: Double(model.state.share))
            Text(words("draft.recording_kept")).font(.footnote).foregroundStyle(Color.quiet)
            Button(words("draft.by_hand"), action: model.stopListening).frame(minHeight: 48)
        }

        @ViewBuilder
        private var save: some View {
            if model.state.listening {
                MainButton(title: words("draft.wait"), isQuiet: true) {}.disabled(true)
            } else if let view = model.state.view {
                if view.canSave {
                    MainButton(
                        title: view.save, image: view.missing.isEmpty ? "checkmark" : nil, isWorking: model.state.saving, action: model.save
                    )
                } else {
                    MainButton(title: view.save, isQuiet: true) {}.disabled(true)
                }
            }
        }
    }

    /// What was said, with the words that were understood underlined; doubtful ones have a dotted line.
    struct HeardText: View {
        let heard: [Piece]
        @Environment(\.words) private var words

        var body: some View {
            Label(words("draft.heard"), systemImage: "waveform").font(.footnote).foregroundStyle(Color.quiet)
            if heard.isEmpty {
                Text(words("draft.heard_nothing"))
            } else {
                Text(heard.map(marked).reduce(AttributedString(), +)).textSelection(.enabled)
            }
        }

        private func marked(_ piece: Piece) -> AttributedString {
            var text = AttributedString(piece.text)
            guard piece.sureness != .plain else { return text }
            let isDoubtful = piece.sureness == .doubtful
            text.swiftUI.underlineStyle = isDoubtful ? Text.LineStyle(pattern: .dot, color: .doubt) : Text.LineStyle(color: .accent)
            text.swiftUI.foregroundColor = isDoubtful ? .doubt : .accent
            return text
        }
    }

    /// What there is to fill in, one field below the other.
    private struct SlotList: View {
        let slots: [SlotView]
        let model: DraftModel

        var body: some View {
            ForEach(slots, id: \.field) { slot in
                if slot.field != slots.first?.field { Divider() }
                if let label = slot.label {
                    SlotRow(label: label, value: slot.value, isDoubtful: slot.doubtful) { close in
                        Inputs(inputs: slot.inputs, model: model, close: close)
                    }
                } else {
                    Inputs(inputs: slot.inputs, model: model) {}
                }
                if let prompt = slot.prompt { Tag(text: prompt, image: "camera") }
            }
        }
    }

    /// The ways to fill a field in.
    private struct Inputs: View {
        let inputs: [InputView]
        let model: DraftModel
        let close: () -> Void

        var body: some View {
            let flags = inputs.filter { $0.kind == .flag }
            if !flags.isEmpty { Flow { ForEach(flags, id: \.field, content: buttons) } }
            ForEach(inputs.filter { $0.kind != .flag }, id: \.kind) { input in
                switch input.kind {
                case .choice, .flag: Flow { buttons(input) }
                case .day: ChooseDay(input: input) { fill(input, $0) }
                case .customer: ChooseCustomer(input: input, model: model, close: close)
                case .text: typed(input)
                case .longText: typed(input, isLong: true)
                case .number: typed(input).keyboardType(.decimalPad)
                }
            }
        }

        private func buttons(_ input: InputView) -> some View {
            ForEach(input.choices, id: \.text) { choice in
                ChoiceButton(title: choice.text, isChosen: choice.chosen) { fill(input, choice.value) }
            }
        }

        private func typed(_ input: InputView, isLong: Bool = false) -> some View {
            Typed(label: input.label ?? "", first: input.text, isLong: isLong) { model.fill(input.field, $0) }
        }

        private func fill(_ input: InputView, _ value: String) {
            close()
            model.fill(input.field, value)
        }
    }

    /// A field: closed it is its value, open it is what there is to choose.
    private struct SlotRow<Choices: View>: View {
        let label: String
        let value: String?
        var isDoubtful = false
        @ViewBuilder let choices: (_ close: @escaping () -> Void) -> Choices
        @State private var isOpen = false
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 8) {
                Button {
                    isOpen.toggle()
                } label: {
                    HStack(spacing: 12) {
                        Text(label).font(.subheadline).foregroundStyle(Color.quiet).frame(minWidth: 72, alignment: .leading)
                        if let value {
                            VStack(alignment: .leading, spacing: 2) {
                                Text(value).font(.body.weight(.semibold))
                                if isDoubtful { Tag(text: words("draft.doubtful"), image: "questionmark", tone: .doubt) }
                            }
                        } else {
                            Tag(text: words("draft.to_choose"), image: "questionmark", tone: .doubt)
                        }
                        Spacer(minLength: 0)
                        if value != nil { Image(systemName: "pencil").foregroundStyle(Color.quiet).accessibilityHidden(true) }
                    }
                    .frame(minHeight: 52)
                    .contentShape(Rectangle())
                }
                .buttonStyle(.plain)
                .accessibilityHint(words("do.change"))
                if isOpen || value == nil { choices { isOpen = false } }
            }
        }
    }

    /// Buttons for the likely ones, a search for all the others, a new one by its name.
    private struct ChooseCustomer: View {
        let input: InputView
        let model: DraftModel
        let close: () -> Void
        @State private var typed = ""
        @Environment(\.words) private var words

        var body: some View {
            Flow {
                ForEach(input.choices, id: \.value) { customer in
                    ChoiceButton(title: customer.text, isChosen: customer.chosen) {
                        close()
                        typed = ""
                        model.fill(input.field, customer.value)
                    }
                }
            }
            Typed(label: input.label ?? "", first: "") {
                typed = $0
                model.find($0)
            }
            if let name = model.state.view?.newCustomer {
                SoftButton(title: words("draft.new_customer", ["name": name]), image: "plus") {
                    close()
                    typed = ""
                    model.newCustomer(name)
                }
            }
        }
    }

    /// Near days as buttons, any other from a calendar.
    private struct ChooseDay: View {
        let input: InputView
        let choose: (Day) -> Void
        @Environment(\.words) private var words

        var body: some View {
            if let label = input.label { Text(label).font(.subheadline.weight(.semibold)) }
            Flow {
                ForEach(input.choices, id: \.text) { day in
                    ChoiceButton(title: day.text, isChosen: day.chosen) { choose(day.value) }
                }
            }
            DatePicker(
                words("do.change"),
                selection: Binding(get: { words.date(of: input.text) ?? .now }, set: { choose(words.day(of: $0)) }), in: Date.now...,
                displayedComponents: .date
            )
            .environment(\.locale, Locale(identifier: words.language == "en" ? "en" : "zh-Hans"))
            .frame(minHeight: 48)
        }
    }

    /// A text that is handed over as it is typed.
    private struct Typed: View {
        let label: String
        let first: String
        var isLong = false
        let change: (String) -> Void
        @State private var text: String?

        var body: some View {
            let typed = Binding(
                get: { text ?? first },
                set: {
                    text = $0
                    change($0)
                })
            TextField(label, text: typed, axis: isLong ? .vertical : .horizontal)
                .padding(14)
                .frame(minHeight: 48)
                .background(Color.page, in: RoundedRectangle(cornerRadius: 12, style: .continuous))
        }
    }

    private struct EvidenceStrip: View {
        let view: DraftView
        let model: DraftModel
        @Environment(\.words) private var words

        var body: some View {
            HStack {
                Text(words("slot.evidence")).font(.subheadline).foregroundStyle(Color.quiet)
                Spacer()
                if view.evidence.isEmpty { Tag(text: words("draft.evidence_wanted"), image: "questionmark", tone: .doubt) }
            }
            if !view.evidence.isEmpty {
                ScrollView(.horizontal, showsIndicators: false) {
                    HStack(alignment: .top, spacing: 12) {
                        ForEach(view.evidence, id: \.id, content: removable)
                    }
                }
            }
            HStack(spacing: 8) {
                SoftButton(title: words("home.photo"), image: "camera", action: model.takePhoto)
                SoftButton(title: words("home.add_file"), image: "paperclip", action: model.addFile)
            }
            if view.canListen != nil && !model.state.listening {
                Button(words("draft.listen_again"), action: model.listenAgain).frame(minHeight: 48)
            }
        }

        /// The cross in its corner takes it out of the touch. It is not deleted: the words that are read out say so.
        private func removable(_ evidence: EvidenceView) -> some View {
            ZStack(alignment: .topTrailing) {
                EvidenceTile(evidence: evidence, thumbnail: model.state.thumbnails[evidence.id])
                Button {
                    model.takeOut(evidence.id)
                } label: {
                    Image(systemName: "xmark.circle.fill").font(.title3).foregroundStyle(Color.quiet).padding(6)
                        .frame(width: 48, height: 48, alignment: .topTrailing)
                }
                .accessibilityLabel(words("draft.take_out_of", ["what": words.kind(evidence)]))
            }
        }
    }

    /// What a touch may say beyond what it must: folded as long as nothing of it was said.
    private struct More: View {
        let slots: [SlotView]
        let model: DraftModel
        @State private var isOpen = false
        @Environment(\.words) private var words

        var body: some View {
            SlotList(slots: slots.filter { isOpen || $0.said }, model: model)
            if !isOpen {
                Button {
                    isOpen = true
                } label: {
                    Label(words("draft.more"), systemImage: "plus")
                }.frame(minHeight: 48)
            }
        }
    }
#endif
