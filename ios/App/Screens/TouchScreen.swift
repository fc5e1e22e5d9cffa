#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct TouchScreen: View {
        let model: TouchModel
        @Environment(\.words) private var words

        var body: some View {
            Page {
                Notices(model: model)
                if let touch = model.state.touch {
                    Panel { head(touch) }
                    Panel { evidence(touch) }
                    Panel { details(touch) }
                    if !touch.feedback {
                        SoftButton(title: words("touch.note_feedback"), image: "bubble.left", action: model.feedback)
                    }
                } else if model.state.loading {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                }
            }
            .navigationTitle(words("touch.title"))
            .navigationBarTitleDisplayMode(.inline)
        }

        @ViewBuilder
        private func head(_ touch: TouchView) -> some View {
            Line(
                title: touch.customerName, text: words.moment(touch.at), image: "building.2", action: { model.openCustomer(touch.customer) }
            )
            Flow {
                Tag(text: words(touch.mode))
                Tag(text: words(touch.action))
                if touch.status == .draft { Tag(text: words(touch.status), image: "exclamationmark.triangle", tone: .doubt) }
                if let category = touch.category { Tag(text: words(category)) }
                if touch.feedback { Tag(text: words("draft.feedback"), image: "bubble.left", tone: .good) }
                Tag(text: words(touch.state), image: touch.state == .verified ? "checkmark.icloud" : "icloud")
            }
        }

        @ViewBuilder
        private func evidence(_ touch: TouchView) -> some View {
            Text(words("slot.evidence")).font(.headline).accessibilityAddTraits(.isHeader)
            if touch.evidence.isEmpty {
                Text(words("touch.no_evidence")).font(.subheadline).foregroundStyle(Color.quiet)
            } else {
                ScrollView(.horizontal, showsIndicators: false) {
                    HStack(alignment: .top, spacing: 12) {
                        ForEach(touch.evidence, id: \.id) { one in
                            Button {
                                model.openEvidence(one.id)
                            } label: {
                                EvidenceTile(evidence: one, thumbnail: model.state.thumbnails[one.id])
                            }
                            .buttonStyle(.plain)
                        }
                    }
                }
            }
            HStack(spacing: 8) {
                SoftButton(title: words("home.photo"), image: "camera", action: model.takePhoto)
                SoftButton(title: words("home.add_file"), image: "paperclip", action: model.addFile)
            }
        }

        @ViewBuilder
        private func details(_ touch: TouchView) -> some View {
            fact("slot.brief", touch.brief.map { words($0) })
            fact("slot.tech_owner", touch.techOwner.map { touch.techOwnerUnknown ? "\($0)（\(words("touch.owner_unknown"))）" : $0 })
            fact("slot.response_by", touch.responseBy.map { words.day($0) })
            fact("slot.amount", touch.amount.map(words.amount))
            fact("field.contact", touch.contact)
            fact("slot.next", next(touch))
            fact("touch.opened", opened(touch))
            fact("field.note", touch.note)
            ForEach(touch.extra, id: \.field.key) { LabelledFact(label: words($0.field), value: $0.value) }
        }

        private func next(_ touch: TouchView) -> String? {
            let parts = [touch.nextDate.map { words.day($0) }, touch.nextTime.map { String($0.prefix(5)) }, touch.nextAction].compactMap {
                $0
            }
            return parts.isEmpty ? nil : parts.joined(separator: " ")
        }

        private func opened(_ touch: TouchView) -> String? {
            switch touch.opened {
            case .met?: words("touch.opened_in_time")
            case .open?: words("touch.opened_not_yet")
            case .missed?: words("touch.opened_late")
            case nil: nil
            }
        }

        @ViewBuilder
        private func fact(_ label: String, _ value: String?) -> some View {
            if let value { LabelledFact(label: words(label), value: value) }
        }
    }

    /// A word and what it says, side by side or, with large text, one below the other.
    struct LabelledFact: View {
        let label: String
        let value: String

        var body: some View {
            ViewThatFits(in: .horizontal) {
                HStack(alignment: .firstTextBaseline, spacing: 12) { parts }
                VStack(alignment: .leading, spacing: 2) { parts }
            }
            .accessibilityElement(children: .combine)
        }

        @ViewBuilder
        private var parts: some View {
            Text(label).font(.subheadline).foregroundStyle(Color.quiet)
            Spacer(minLength: 0)
            Text(value).font(.subheadline.weight(.medium)).textSelection(.enabled)
        }
    }
#endif
