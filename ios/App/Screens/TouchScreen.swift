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
                    let facts = words.facts(touch)
                    if !facts.isEmpty { Panel { Facts(facts: facts) } }
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
    }

    /// Name by name, what each says.
    struct Facts: View {
        let facts: [Fact]

        var body: some View {
            ForEach(facts, id: \.label) { LabelledFact(label: $0.label, value: $0.value) }
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
