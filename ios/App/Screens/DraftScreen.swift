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
                if let heard = model.state.heard { Panel { HeardText(heard: heard) } }
                Panel { Slots(model: model) }
                Panel { EvidenceStrip(model: model) }
                Panel { More(model: model) }
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
            let state = model.state
            let wanted = state.missing.filter { $0 != .evidence }
            if state.listening {
                MainButton(title: words("draft.wait"), isQuiet: true) {}.disabled(true)
            } else if !wanted.isEmpty {
                let names = wanted.map { words.name($0, state.options) }.joined(separator: words("list.comma"))
                MainButton(title: words("draft.still_missing", ["slots": names]), isQuiet: true) {}.disabled(true)
            } else if state.missing.contains(.evidence) {
                MainButton(title: words("draft.save_without_evidence"), isWorking: state.saving, action: model.save)
            } else {
                MainButton(title: words("draft.save"), image: "checkmark", isWorking: state.saving, action: model.save)
            }
        }
    }

    /// What was said, with the words that were understood underlined; doubtful ones have a dotted line.
    struct HeardText: View {
        let heard: Draft
        @Environment(\.words) private var words

        var body: some View {
            Label(words("draft.heard"), systemImage: "waveform").font(.footnote).foregroundStyle(Color.quiet)
            if heard.text.allSatisfy(\.isWhitespace) {
                Text(words("draft.heard_nothing"))
            } else {
                Text(marked).textSelection(.enabled)
            }
        }

        private var marked: AttributedString {
            var text = AttributedString(heard.text)
            for (said, confidence) in heard.said {
                guard !said.isEmpty, let range = text.range(of: said) else { continue }
                let isDoubtful = confidence < doubtfulBelow()
                text[range].swiftUI.underlineStyle =
                    isDoubtful ? Text.LineStyle(pattern: .dot, color: .doubt) : Text.LineStyle(color: .accent)
                text[range].swiftUI.foregroundColor = isDoubtful ? .doubt : .accent
            }
            return text
        }
    }

    extension Draft {
        /// The words that said something, and how sure that is.
        fileprivate var said: [(String, Float)] {
            [
                customer.map { ($0.words, $0.confidence) }, contactMode.map { ($0.words, $0.confidence) },
                action.map { ($0.words, $0.confidence) }, brief.map { ($0.words, $0.confidence) },
                nextAction.map { ($0.words, $0.confidence) }, nextDate.map { ($0.words, $0.confidence) },
                nextTime.map { ($0.words, $0.confidence) }, amount.map { ($0.words, $0.confidence) },
                techOwner.map { ($0.words, $0.confidence) },
            ].compactMap { $0 }
        }
    }

    /// Customer, mode, action, and what the action asks for beyond them.
    private struct Slots: View {
        let model: DraftModel
        @Environment(\.words) private var words

        var body: some View {
            let (state, draft) = (model.state, model.state.draft)
            let limit = doubtfulBelow()
            SlotRow(
                label: words("slot.customer"), value: state.customerName,
                isDoubtful: isDoubtful(state.heard?.customer.map { ($0.value == draft.customer, $0.confidence) }, limit)
            ) { ChooseCustomer(model: model, close: $0) }
            Divider()
            SlotRow(
                label: words("slot.mode"), value: draft.mode.map { words($0) },
                isDoubtful: isDoubtful(state.heard?.contactMode.map { ($0.value == draft.mode, $0.confidence) }, limit)
            ) { close in
                Flow {
                    ForEach([ContactMode.visit, .phone, .wechat, .email], id: \.self) { mode in
                        ChoiceButton(title: words(mode), isChosen: mode == draft.mode) {
                            close()
                            model.chooseMode(mode)
                        }
                    }
                }
            }
            Divider()
            let action = state.options.actions.first { $0.key == draft.action }
            SlotRow(
                label: words("slot.action"), value: action.map { words($0) },
                isDoubtful: isDoubtful(state.heard?.action.map { ($0.value == draft.action, $0.confidence) }, limit)
            ) { close in
                Flow {
                    ForEach(state.options.actions, id: \.key) { action in
                        ChoiceButton(title: words(action), isChosen: action.key == draft.action) {
                            close()
                            model.chooseAction(action.key)
                        }
                    }
                }
            }
            if let prompt = action?.prompt { Tag(text: prompt, image: "camera") }
            if state.asked.contains(.techOwner) { asked }
            ForEach(state.options.addedFields.filter { $0.required || state.asked.contains(.field("x/\($0.label.key)")) }, id: \.label.key)
            {
                Divider()
                Added(field: $0, model: model)
            }
        }

        private func isDoubtful(_ heard: (isChosen: Bool, confidence: Float)?, _ limit: Float) -> Bool {
            heard.map { $0.isChosen && $0.confidence < limit } ?? false
        }

        /// Who answers the technical question, and until when (B2).
        @ViewBuilder
        private var asked: some View {
            let draft = model.state.draft
            Divider()
            SlotRow(label: words("slot.tech_owner"), value: draft.techOwner) { close in
                Flow {
                    ForEach(model.state.people.filter { $0.roles.contains(.tech) }, id: \.id) { person in
                        ChoiceButton(title: person.name, isChosen: person.name == draft.techOwner) {
                            close()
                            model.change { $0.techOwner = person.name }
                        }
                    }
                }
                Typed(label: words("draft.other_name"), first: draft.techOwner ?? "") { name in model.change { $0.techOwner.orEmpty = name }
                }
            }
            Divider()
            SlotRow(label: words("slot.response_by"), value: draft.responseBy.map { words.day($0, today: model.state.today) }) { close in
                ChooseDay(day: draft.responseBy, today: model.state.today) { day in
                    close()
                    model.change { $0.responseBy = day }
                }
            }
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
        let model: DraftModel
        let close: () -> Void
        @State private var typed = ""
        @Environment(\.words) private var words

        var body: some View {
            let name = typed.trimmingCharacters(in: .whitespaces)
            let offered = name.isEmpty ? model.state.candidates : model.state.found
            Flow {
                ForEach(offered, id: \.id) { customer in
                    ChoiceButton(title: customer.name, isChosen: customer.id == model.state.draft.customer) {
                        close()
                        typed = ""
                        model.chooseCustomer(customer.id)
                    }
                }
            }
            Typed(label: words("draft.find_customer"), first: "") {
                typed = $0
                model.find($0)
            }
            if !name.isEmpty && !offered.contains(where: { $0.name == name }) {
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
        let day: Day?
        let today: Day
        let choose: (Day) -> Void
        @Environment(\.words) private var words

        var body: some View {
            if let now = words.date(of: today) {
                Flow {
                    ForEach([(1, "day.tomorrow"), (2, "day.after_tomorrow"), (7, "day.in_a_week"), (30, "day.in_a_month")], id: \.0) {
                        days, key in
                        let one = words.day(of: now.addingTimeInterval(Double(days) * 86_400))
                        ChoiceButton(title: words(key), isChosen: one == day) { choose(one) }
                    }
                }
                DatePicker(
                    words("do.change"),
                    selection: Binding(get: { day.flatMap(words.date) ?? now }, set: { choose(words.day(of: $0)) }), in: now...,
                    displayedComponents: .date
                )
                .environment(\.locale, Locale(identifier: words.language == "en" ? "en" : "zh-Hans"))
                .frame(minHeight: 48)
            }
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
        let model: DraftModel
        @Environment(\.words) private var words

        var body: some View {
            HStack {
                Text(words("slot.evidence")).font(.subheadline).foregroundStyle(Color.quiet)
                Spacer()
                if model.state.evidence.isEmpty { Tag(text: words("draft.evidence_wanted"), image: "questionmark", tone: .doubt) }
            }
            if !model.state.evidence.isEmpty {
                ScrollView(.horizontal, showsIndicators: false) {
                    HStack(alignment: .top, spacing: 12) {
                        ForEach(model.state.evidence, id: \.id, content: removable)
                    }
                }
            }
            HStack(spacing: 8) {
                SoftButton(title: words("home.photo"), image: "camera", action: model.takePhoto)
                SoftButton(title: words("home.add_file"), image: "paperclip", action: model.addFile)
            }
            if isSilent { Button(words("draft.listen_again"), action: model.listenAgain).frame(minHeight: 48) }
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

        private var isSilent: Bool {
            model.state.heard == nil && !model.state.listening && model.state.evidence.contains { $0.source == "recording" && $0.readable }
        }
    }

    /// What a touch may say beyond what it must: folded as long as nothing of it was said.
    private struct More: View {
        let model: DraftModel
        @State private var isOpen = false
        @Environment(\.words) private var words

        var body: some View {
            let (state, draft) = (model.state, model.state.draft)
            if isOpen || draft.nextAction != nil || draft.nextDate != nil {
                SlotRow(label: words("slot.next"), value: next ?? words("draft.nothing")) { close in
                    Typed(label: words("draft.next_action"), first: draft.nextAction ?? "") { text in
                        model.change { $0.nextAction.orEmpty = text }
                    }
                    ChooseDay(day: draft.nextDate, today: state.today) { day in
                        close()
                        model.change { $0.nextDate = day }
                    }
                }
            }
            if isOpen || draft.amount != nil {
                SlotRow(label: words("slot.amount"), value: draft.amount.map(words.amount) ?? words("draft.nothing")) { _ in
                    Typed(label: words("field.amount"), first: draft.amount.map { String($0 / 100) } ?? "") { text in
                        model.change { $0.amount = fen(text) }
                    }
                    .keyboardType(.decimalPad)
                }
            }
            if isOpen || draft.brief != nil {
                let brief = state.options.briefs.first { $0.key == draft.brief }
                SlotRow(label: words("slot.brief"), value: brief.map { words($0) } ?? words("draft.nothing")) { close in
                    Flow {
                        ForEach(state.options.briefs, id: \.key) { one in
                            ChoiceButton(title: words(one), isChosen: one.key == draft.brief) {
                                close()
                                model.change { $0.brief = one.key }
                            }
                        }
                    }
                }
            }
            if isOpen {
                SlotRow(label: words("slot.intent"), value: draft.intent.map { "\($0)".uppercased() } ?? words("draft.nothing")) { close in
                    Flow {
                        ForEach([Intent.a, .b, .c, .d], id: \.self) { one in
                            ChoiceButton(title: "\(one)".uppercased(), isChosen: one == draft.intent) {
                                close()
                                model.change { $0.intent = one }
                            }
                        }
                    }
                }
                Flow {
                    ChoiceButton(title: words("draft.feedback"), isChosen: draft.feedback) { model.change { $0.feedback.toggle() } }
                    ChoiceButton(title: words("field.custom_development"), isChosen: draft.customDevelopment) {
                        model.change { $0.customDevelopment.toggle() }
                    }
                }
                Typed(label: words("field.contact"), first: draft.contact ?? "") { text in model.change { $0.contact.orEmpty = text } }
                Typed(label: words("field.note"), first: draft.note ?? "", isLong: true) { text in model.change { $0.note.orEmpty = text } }
                ForEach(
                    state.options.addedFields.filter { !$0.required && !state.asked.contains(.field("x/\($0.label.key)")) }, id: \.label.key
                ) { Added(field: $0, model: model) }
            } else {
                Button {
                    isOpen = true
                } label: {
                    Label(words("draft.more"), systemImage: "plus")
                }.frame(minHeight: 48)
            }
        }

        private var next: String? {
            let draft = model.state.draft
            let day = draft.nextDate.map { words.day($0, today: model.state.today) }
            let parts = [day, draft.nextTime.map { String($0.prefix(5)) }, draft.nextAction].compactMap { $0 }
            return parts.isEmpty ? nil : parts.joined(separator: " ")
        }

        /// Yuan as typed, in fen.
        private func fen(_ text: String) -> Fen? {
            Decimal(string: text.trimmingCharacters(in: .whitespaces)).map { NSDecimalNumber(decimal: $0 * 100).int64Value }
        }
    }

    /// A field that a supervisor added to the form (T6).
    private struct Added: View {
        let field: AddedField
        let model: DraftModel
        @Environment(\.words) private var words

        var body: some View {
            let value = model.state.draft.extra[field.label.key]
            switch field.holds {
            case .flag:
                ChoiceButton(title: words(field.label), isChosen: value == "true") { set(value == "true" ? "" : "true") }
            case .day:
                Text(words(field.label)).font(.subheadline.weight(.semibold))
                ChooseDay(day: value, today: model.state.today, choose: set)
            case .text, .number, .money:
                Typed(label: words(field.label), first: value ?? "", change: set)
                    .keyboardType(field.holds == .text ? .default : .decimalPad)
            }
        }

        private func set(_ text: String) {
            model.change { $0.extra[field.label.key] = text.isEmpty ? nil : text }
        }
    }

    extension Words {
        fileprivate func name(_ slot: Slot, _ options: Options) -> String {
            switch slot {
            case .customer: self("slot.customer")
            case .mode: self("slot.mode")
            case .action: self("slot.action")
            case .evidence: self("slot.evidence")
            case .techOwner: self("slot.tech_owner")
            case .responseBy: self("slot.response_by")
            case .field(let name):
                options.addedFields.first { "x/\($0.label.key)" == name }.map { self($0.label) } ?? self("field.\(name)")
            }
        }
    }
#endif
