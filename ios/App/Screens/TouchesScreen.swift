#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct TouchesScreen: View {
        let model: TouchesModel
        @Environment(\.words) private var words

        var body: some View {
            let state = model.state
            Page {
                Notices(model: model)
                ForEach(state.days, id: \.day) { day in
                    Text(words.day(day.day, today: state.today)).font(.headline).padding(.top, 8).accessibilityAddTraits(.isHeader)
                    Panel {
                        ForEach(day.touches, id: \.id) { touch in TouchLine(touch: touch) { model.open(touch.id) } }
                    }
                }
                if state.loading {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                } else if state.days.isEmpty {
                    Empty(title: words("touches.none"), hint: words("touches.none_hint"), image: "hand.tap")
                }
            }
            .refreshable { model.refresh() }
            .navigationTitle(words("touches.title"))
        }
    }

    /// A touch in a list: whom, how and what, and whether it counts.
    struct TouchLine: View {
        let touch: TouchView
        let open: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            Line(title: touch.customerName, text: "\(words.time(touch.at)) · \(words(touch.mode)) · \(words(touch.action))", action: open) {
                if touch.status == .draft {
                    Tag(text: words("status.draft"), image: "exclamationmark.triangle", tone: .doubt)
                } else if let evidence = touch.evidence.last {
                    Image(systemName: evidence.image).foregroundStyle(Color.accent).accessibilityLabel(words("home.has_evidence"))
                }
            }
        }
    }
#endif
