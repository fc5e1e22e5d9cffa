#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    /// Hold to talk, photo, file, by hand: at the thumb, whatever else is on the screen.
    struct CaptureBar: View {
        let model: HomeModel
        @State private var hold = Hold.none
        @AppStorage("customer_is_told") private var isTold = false
        @Environment(\.words) private var words

        /// What the finger on the talk button does.
        fileprivate enum Hold {
            case none, held
            /// Far enough away: letting go throws the recording away.
            case away
            /// A short tap: it goes on without the finger, until one of two buttons.
            case free
        }

        var body: some View {
            VStack(spacing: 8) {
                HStack(spacing: 8) {
                    TalkButton(model: model, hold: $hold, consent: isTold ? .told : .ownVoice)
                    if model.state.recording == nil { whoIsHeard }
                }
                if model.state.recording == nil {
                    HStack(spacing: 8) {
                        way("home.photo", "camera", model.takePhoto)
                        way("home.add_file", "paperclip", model.addFile)
                        way("home.write", "square.and.pencil", model.write)
                    }
                } else if hold == .free {
                    HStack(spacing: 8) {
                        SoftButton(title: words("home.throw_away"), image: "trash", action: model.cancelRecording)
                        SoftButton(title: words("home.done_talking"), image: "checkmark", action: model.stopRecording)
                    }
                } else {
                    Text(words(hold == .away ? "home.let_go_to_cancel" : "home.let_go_to_end"))
                        .font(.subheadline)
                        .foregroundStyle(Color.quiet)
                        .frame(minHeight: 48)
                }
            }
            .padding(12)
            .background(.bar)
            .onChange(of: model.state.recording == nil) { _, isOver in
                if isOver && hold == .free { hold = .none }
            }
        }

        private var whoIsHeard: some View {
            Button {
                isTold.toggle()
            } label: {
                VStack(spacing: 2) {
                    Image(systemName: isTold ? "person.2.fill" : "person.fill").accessibilityHidden(true)
                    Text(words(isTold ? "consent.told" : "consent.own_voice")).font(.caption2)
                }
                .frame(minWidth: 72, minHeight: 64)
                .foregroundStyle(Color.accent)
                .background(Color.soft, in: RoundedRectangle(cornerRadius: 20, style: .continuous))
            }
            .buttonStyle(.plain)
            .accessibilityLabel(words("home.who_is_heard"))
            .accessibilityValue(words(isTold ? "consent.told" : "consent.own_voice"))
        }

        private func way(_ title: String, _ image: String, _ action: @escaping () -> Void) -> some View {
            Button(action: action) {
                VStack(spacing: 2) {
                    Image(systemName: image).font(.title3).accessibilityHidden(true)
                    Text(words(title)).font(.caption)
                }
                .frame(maxWidth: .infinity, minHeight: 52)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            .foregroundStyle(Color.quiet)
        }
    }

    /// The big button. Pressed it becomes a meter; VoiceOver and a short tap start and end it without holding.
    private struct TalkButton: View {
        let model: HomeModel
        @Binding var hold: CaptureBar.Hold
        let consent: Consent
        @State private var began = Date.distantPast
        /// Falls back by itself, also when the system takes the touch away.
        @GestureState private var isPressed = false
        @Environment(\.words) private var words
        private let farAway: CGFloat = -80
        private let shortTap: TimeInterval = 0.35

        var body: some View {
            HStack(spacing: 10) {
                Image(systemName: hold == .away ? "trash" : "mic.fill").font(.title2)
                if let recording = model.state.recording {
                    Meter(levels: recording.levels)
                    Text(words.length(recording.durationMs)).font(.headline.monospacedDigit())
                } else {
                    Text(words("home.hold_to_talk")).font(.headline)
                }
            }
            .padding(.horizontal, 20)
            .frame(maxWidth: .infinity, minHeight: 64)
            .foregroundStyle(front)
            .background(back, in: RoundedRectangle(cornerRadius: 32, style: .continuous))
            .contentShape(Rectangle())
            .gesture(DragGesture(minimumDistance: 0).updating($isPressed) { _, isPressed, _ in isPressed = true }.onChanged(slide))
            .onChange(of: isPressed) { _, isPressed in isPressed ? press() : letGo() }
            .accessibilityElement(children: .ignore)
            .accessibilityAddTraits(.isButton)
            .accessibilityLabel(words("home.hold_to_talk"))
            .accessibilityValue(model.state.recording.map { words("home.recording", ["time": words.length($0.durationMs)]) } ?? "")
            .accessibilityAction {
                if model.state.recording == nil {
                    hold = .free
                    model.startRecording(consent)
                } else {
                    model.stopRecording()
                }
            }
        }

        private var front: Color {
            if hold == .away { return .bad }
            return model.state.recording == nil ? .onAccent : .accent
        }

        private var back: Color {
            if hold == .away { return .badSoft }
            return model.state.recording == nil ? .accent : .soft
        }

        private func press() {
            // What goes on by itself ends by another tap.
            if model.state.recording != nil { return model.stopRecording() }
            began = .now
            hold = .held
            model.startRecording(consent)
        }

        private func slide(_ drag: DragGesture.Value) {
            guard hold == .held || hold == .away else { return }
            hold = drag.translation.height < farAway ? .away : .held
        }

        private func letGo() {
            switch hold {
            case .none, .free: return
            case .held where Date.now.timeIntervalSince(began) < shortTap && model.state.recording != nil: hold = .free
            case .held:
                model.stopRecording()
                hold = .none
            case .away:
                model.cancelRecording()
                hold = .none
            }
        }
    }

    /// The latest pieces of sound as bars, the newest at the right.
    private struct Meter: View {
        let levels: [Float]

        var body: some View {
            Canvas { context, size in
                let room = Int(size.width / 6)
                for (place, level) in levels.suffix(room).reversed().enumerated() {
                    let height = 3 + (size.height - 3) * CGFloat(min(max(level, 0), 1))
                    let bar = CGRect(x: size.width - CGFloat(place + 1) * 6, y: (size.height - height) / 2, width: 3, height: height)
                    context.fill(Path(roundedRect: bar, cornerRadius: 1.5), with: .color(.accent))
                }
            }
            .frame(height: 36)
            .accessibilityHidden(true)
        }
    }
#endif
