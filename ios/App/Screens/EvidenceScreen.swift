#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct EvidenceScreen: View {
        let model: EvidenceModel
        @Environment(\.words) private var words

        var body: some View {
            Page {
                Notices(model: model)
                if let evidence = model.state.evidence {
                    if let image = model.state.picture.flatMap(UIImage.init(data:)) { Picture(image: image, label: words.kind(evidence)) }
                    if evidence.kind == .recording { Panel { sound(evidence) } }
                    if !evidence.readable {
                        let reason = words("unreadable.\(evidence.unreadable ?? "damaged")")
                        Tag(text: words("evidence.unreadable_because", ["reason": reason]), image: "exclamationmark.triangle", tone: .bad)
                    }
                    Panel { facts(evidence) }
                    if evidence.here {
                        SoftButton(title: words("evidence.open"), image: "eye", action: model.open)
                        SoftButton(title: words("evidence.export_proof"), image: "checkmark.seal", action: model.exportProof)
                    } else {
                        Text(words("evidence.not_here")).font(.subheadline).foregroundStyle(Color.quiet)
                    }
                } else if model.state.failure == nil {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                }
            }
            .navigationTitle(model.state.evidence.map { words.kind($0) } ?? "")
            .navigationBarTitleDisplayMode(.inline)
        }

        @ViewBuilder
        private func sound(_ evidence: EvidenceView) -> some View {
            if evidence.here {
                HStack(spacing: 12) {
                    Button(action: model.state.playing ? model.pause : model.play) {
                        Image(systemName: model.state.playing ? "pause.circle.fill" : "play.circle.fill").font(.system(size: 48))
                    }
                    .accessibilityLabel(words(model.state.playing ? "evidence.pause" : "evidence.play"))
                    Text(words.length(model.state.position)).font(.headline.monospacedDigit())
                }
            }
            Text(evidence.transcript ?? words("evidence.no_transcript")).textSelection(.enabled)
        }

        @ViewBuilder
        private func facts(_ evidence: EvidenceView) -> some View {
            Flow {
                Tag(text: words(evidence.grade), image: "clock.badge.checkmark")
                if evidence.valid { Tag(text: words("evidence.valid"), image: "checkmark.seal", tone: .good) }
                ForEach(evidence.flags, id: \.self) { Tag(text: words("flag.\($0)"), image: "flag", tone: .doubt) }
                Tag(text: words(evidence.state), image: "icloud")
            }
            Facts(facts: words.facts(evidence))
        }
    }

    /// A picture that two fingers make larger.
    private struct Picture: View {
        let image: UIImage
        let label: String
        @State private var scale: CGFloat = 1
        @GestureState private var pinch: CGFloat = 1

        var body: some View {
            Image(uiImage: image)
                .resizable()
                .scaledToFit()
                .scaleEffect(scale * pinch)
                .gesture(
                    MagnifyGesture()
                        .updating($pinch) { value, pinch, _ in pinch = value.magnification }
                        .onEnded { scale = min(max(scale * $0.magnification, 1), 5) }
                )
                .onTapGesture(count: 2) { withAnimation { scale = scale > 1 ? 1 : 2 } }
                .clipShape(RoundedRectangle(cornerRadius: 20, style: .continuous))
                .accessibilityLabel(label)
        }
    }
#endif
