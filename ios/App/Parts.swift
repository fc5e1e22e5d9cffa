#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    /// A white card on the page.
    struct Panel<Content: View>: View {
        @ViewBuilder let content: Content

        var body: some View {
            VStack(alignment: .leading, spacing: 12) { content }
                .frame(maxWidth: .infinity, alignment: .leading)
                .padding(16)
                .background(Color.panel, in: RoundedRectangle(cornerRadius: 20, style: .continuous))
        }
    }

    /// The page under the cards: scrolls, and keeps its distance from the edge.
    struct Page<Content: View>: View {
        @ViewBuilder let content: Content

        var body: some View {
            ScrollView {
                VStack(alignment: .leading, spacing: 12) { content }
                    .padding(.horizontal, 16)
                    .padding(.bottom, 24)
            }
            .background(Color.page)
        }
    }

    /// The one thing to do on a screen: at least 56 points high.
    struct MainButton: View {
        let title: String
        var image: String?
        var isWorking = false
        var isQuiet = false
        let action: () -> Void

        var body: some View {
            Button(action: action) {
                HStack(spacing: 10) {
                    if isWorking {
                        ProgressView().tint(isQuiet ? .accent : .onAccent)
                    } else if let image {
                        Image(systemName: image).accessibilityHidden(true)
                    }
                    Text(title).multilineTextAlignment(.center)
                }
                .font(.headline)
                .frame(maxWidth: .infinity, minHeight: 56)
                .padding(.horizontal, 12)
                .foregroundStyle(isQuiet ? Color.accent : Color.onAccent)
                .background(isQuiet ? Color.soft : Color.accent, in: RoundedRectangle(cornerRadius: 28, style: .continuous))
            }
            .buttonStyle(.plain)
            .disabled(isWorking)
        }
    }

    /// A second thing to do.
    struct SoftButton: View {
        let title: String
        var image: String?
        let action: () -> Void

        var body: some View {
            Button(action: action) {
                HStack(spacing: 8) {
                    if let image { Image(systemName: image).accessibilityHidden(true) }
                    Text(title).multilineTextAlignment(.center)
                }
                .font(.subheadline.weight(.semibold))
                .frame(maxWidth: .infinity, minHeight: 48)
                .padding(.horizontal, 12)
                .foregroundStyle(Color.accent)
                .background(Color.soft, in: RoundedRectangle(cornerRadius: 24, style: .continuous))
            }
            .buttonStyle(.plain)
        }
    }

    /// One of several, in a row that breaks.
    struct ChoiceButton: View {
        let title: String
        let isChosen: Bool
        let action: () -> Void

        var body: some View {
            Button(action: action) {
                HStack(spacing: 6) {
                    if isChosen { Image(systemName: "checkmark").accessibilityHidden(true) }
                    Text(title).multilineTextAlignment(.leading)
                }
                .font(.subheadline.weight(isChosen ? .semibold : .regular))
                .frame(minHeight: 48)
                .padding(.horizontal, 16)
                .foregroundStyle(isChosen ? Color.onAccent : Color.primary)
                .background(isChosen ? Color.accent : Color.page, in: RoundedRectangle(cornerRadius: 24, style: .continuous))
            }
            .buttonStyle(.plain)
            .accessibilityAddTraits(isChosen ? .isSelected : [])
        }
    }

    /// A few words with a picture, on a ground of their tone.
    struct Tag: View {
        let text: String
        var image: String?
        var tone = Tone.plain

        var body: some View {
            HStack(spacing: 4) {
                if let image { Image(systemName: image).accessibilityHidden(true) }
                Text(text)
            }
            .font(.caption.weight(.medium))
            .padding(.horizontal, 8)
            .padding(.vertical, 4)
            .foregroundStyle(tone.front)
            .background(tone.back, in: Capsule())
            .accessibilityElement(children: .combine)
        }
    }

    /// What went wrong, in words, with what to do about it.
    struct NoticeView: View {
        let failure: Failure
        let dismiss: () -> Void
        let remedy: (Remedy) -> Void
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 8) {
                HStack(alignment: .top, spacing: 10) {
                    Image(systemName: "exclamationmark.triangle").accessibilityHidden(true)
                    Text(words(failure)).frame(maxWidth: .infinity, alignment: .leading)
                    Button(action: dismiss) {
                        Image(systemName: "xmark").frame(width: 48, height: 48)
                    }
                    .accessibilityLabel(words("do.close"))
                }
                if let kind = failure.remedy {
                    Button(words("remedy.\(kind)")) { remedy(kind) }
                        .font(.subheadline.weight(.semibold))
                        .frame(minHeight: 48)
                }
            }
            .font(.subheadline)
            .padding(.leading, 14)
            .padding(.top, 4)
            .foregroundStyle(tone.front)
            .background(tone.back, in: RoundedRectangle(cornerRadius: 16, style: .continuous))
            .accessibilityElement(children: .contain)
        }

        private var tone: Tone { failure.calm ? .doubt : .bad }
    }

    /// A notice as long as there is something to say.
    struct Notices<S: ScreenState>: View {
        let model: Model<S>

        var body: some View {
            if let failure = model.state.failure {
                NoticeView(failure: failure, dismiss: model.dismiss, remedy: model.remedy)
            }
        }
    }

    /// Nothing there yet, and what would put something there.
    struct Empty: View {
        let title: String
        let hint: String
        let image: String

        var body: some View {
            ContentUnavailableView(title, systemImage: image, description: Text(hint))
                .frame(maxWidth: .infinity, minHeight: 240)
        }
    }

    /// A line that leads somewhere, at least 48 points high.
    struct Line<Trailing: View>: View {
        let title: String
        var text: String?
        var image: String?
        var action: (() -> Void)?
        @ViewBuilder var trailing: Trailing

        var body: some View {
            if let action {
                Button(action: action) { row }.buttonStyle(.plain)
            } else {
                row
            }
        }

        private var row: some View {
            HStack(spacing: 12) {
                if let image {
                    Image(systemName: image).foregroundStyle(Color.accent).frame(width: 24).accessibilityHidden(true)
                }
                VStack(alignment: .leading, spacing: 2) {
                    Text(title).font(.body.weight(.medium))
                    if let text { Text(text).font(.footnote).foregroundStyle(Color.quiet) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                trailing
                if action != nil {
                    Image(systemName: "chevron.forward").font(.footnote).foregroundStyle(Color.quiet).accessibilityHidden(true)
                }
            }
            .frame(minHeight: 48)
            .contentShape(Rectangle())
            .accessibilityElement(children: .combine)
        }
    }

    extension Line where Trailing == EmptyView {
        init(title: String, text: String? = nil, image: String? = nil, action: (() -> Void)? = nil) {
            self.init(title: title, text: text, image: image, action: action) { EmptyView() }
        }
    }

    /// Children one after the other, breaking into rows, whatever the size of the text.
    struct Flow: Layout {
        var spacing: CGFloat = 8

        func sizeThatFits(proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) -> CGSize {
            place(subviews, in: proposal.width ?? .infinity).size
        }

        func placeSubviews(in bounds: CGRect, proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) {
            for (subview, frame) in zip(subviews, place(subviews, in: bounds.width).frames) {
                let origin = CGPoint(x: bounds.minX + frame.minX, y: bounds.minY + frame.minY)
                subview.place(at: origin, proposal: ProposedViewSize(frame.size))
            }
        }

        private func place(_ subviews: Subviews, in width: CGFloat) -> (size: CGSize, frames: [CGRect]) {
            var frames: [CGRect] = []
            var (x, y, row, widest): (CGFloat, CGFloat, CGFloat, CGFloat) = (0, 0, 0, 0)
            for subview in subviews {
                let size = subview.sizeThatFits(ProposedViewSize(width: width, height: nil))
                if x > 0 && x + size.width > width { (x, y, row) = (0, y + row + spacing, 0) }
                frames.append(CGRect(origin: CGPoint(x: x, y: y), size: size))
                widest = max(widest, x + size.width)
                x += size.width + spacing
                row = max(row, size.height)
            }
            return (CGSize(width: widest, height: y + row), frames)
        }
    }

    /// A piece of evidence in a row: the picture or what stands for it, and where it is on its way.
    struct EvidenceTile: View {
        let evidence: EvidenceView
        let thumbnail: Data?
        @Environment(\.words) private var words

        var body: some View {
            VStack(alignment: .leading, spacing: 4) {
                Group {
                    if let image = thumbnail.flatMap(UIImage.init(data:)) {
                        Image(uiImage: image).resizable().scaledToFill()
                    } else {
                        Image(systemName: evidence.image).font(.title2).foregroundStyle(Color.quiet)
                    }
                }
                .frame(width: 84, height: 84)
                .background(Color.page)
                .clipShape(RoundedRectangle(cornerRadius: 12, style: .continuous))
                Text(evidence.readable ? words(evidence.state) : words("evidence.unreadable"))
                    .font(.caption2)
                    .foregroundStyle(evidence.readable ? Color.quiet : Color.bad)
            }
            .frame(width: 84, alignment: .leading)
            .accessibilityElement(children: .ignore)
            .accessibilityLabel("\(words.kind(evidence)), \(words(evidence.state))")
        }
    }

    /// A question on top of the screen, with its answers.
    struct Question<Content: View>: View {
        let title: String
        let cancel: () -> Void
        @ViewBuilder let content: Content
        @Environment(\.words) private var words

        var body: some View {
            ScrollView {
                VStack(alignment: .leading, spacing: 16) {
                    HStack(alignment: .top) {
                        Text(title).font(.title3.weight(.semibold)).accessibilityAddTraits(.isHeader)
                        Spacer()
                        Button(action: cancel) { Image(systemName: "xmark").frame(width: 48, height: 48) }
                            .accessibilityLabel(words("do.cancel"))
                    }
                    content
                }
                .padding(20)
            }
            .presentationDetents([.medium, .large])
            .presentationDragIndicator(.visible)
        }
    }

    /// A sentence in one's own words, handed over by a button.
    struct AskText: View {
        let label: String
        let done: String
        let give: (String) -> Void
        @State private var text = ""

        var body: some View {
            VStack(spacing: 12) {
                TextField(label, text: $text, axis: .vertical)
                    .padding(14)
                    .background(Color.page, in: RoundedRectangle(cornerRadius: 12, style: .continuous))
                MainButton(title: done) { give(text) }
                    .disabled(text.allSatisfy(\.isWhitespace))
            }
        }
    }
#endif
