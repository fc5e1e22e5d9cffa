#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct MeScreen: View {
        let model: MeModel
        @Environment(\.words) private var words

        var body: some View {
            let state = model.state
            Page {
                Notices(model: model)
                if let identity = state.identity { Panel { person(identity) } }
                Panel { ForEach(state.consents, id: \.purpose) { consent($0) } }
                Panel {
                    Picker(words("me.language"), selection: Binding(get: { state.language }, set: model.chooseLanguage)) {
                        Text("中文").tag("zh")
                        Text("English").tag("en")
                    }
                    .frame(minHeight: 48)
                    Toggle(isOn: Binding(get: { state.wifiOnly }, set: model.setWifiOnly)) {
                        VStack(alignment: .leading, spacing: 2) {
                            Text(words("me.wifi_only"))
                            Text(words("me.wifi_only_hint")).font(.footnote).foregroundStyle(Color.quiet)
                        }
                    }
                    LabelledFact(label: words("me.storage"), value: words("me.storage_free", ["bytes": words.bytes(state.storage)]))
                }
                Panel { checks }
            }
            .navigationTitle(words("me.title"))
        }

        @ViewBuilder
        private func person(_ identity: Identity) -> some View {
            Text(identity.person.name.isEmpty ? words("me.no_name") : identity.person.name).font(.title2.weight(.semibold))
            Text(identity.person.roles.map { words($0) }.joined(separator: words("list.comma"))).font(.subheadline).foregroundStyle(
                Color.quiet)
            if let server = identity.server {
                Text(words("me.team", ["server": server])).font(.footnote).foregroundStyle(Color.quiet)
            } else {
                Text(words("me.no_team")).font(.footnote).foregroundStyle(Color.quiet)
                SoftButton(title: words("me.join"), image: "person.badge.plus", action: model.join)
            }
        }

        private func consent(_ consent: ConsentView) -> some View {
            let isGiven = Binding(
                get: { consent.given },
                set: { $0 ? model.giveConsent(consent.purpose) : model.withdrawConsent(consent.purpose) })
            return Toggle(isOn: isGiven) {
                VStack(alignment: .leading, spacing: 2) {
                    Text(words(consent.title))
                    Text(words(consent.text)).font(.footnote).foregroundStyle(Color.quiet)
                }
            }
        }

        @ViewBuilder
        private var checks: some View {
            Text(words("me.check")).font(.headline)
            Text(words("me.check_hint")).font(.footnote).foregroundStyle(Color.quiet)
            ForEach(model.state.checks ?? [], id: \.name) { check in
                HStack(alignment: .firstTextBaseline, spacing: 10) {
                    Image(systemName: check.ok ? "checkmark.circle.fill" : "exclamationmark.triangle.fill")
                        .foregroundStyle(check.ok ? Color.accent : Color.bad)
                        .accessibilityHidden(true)
                    Text(words(check.ok ? "check.\(check.name)" : "check.bad.\(check.name)")).font(.subheadline)
                }
            }
            if model.state.checking {
                ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 48)
            } else {
                SoftButton(title: words("me.check_now"), image: "stethoscope", action: model.check)
            }
        }
    }
#endif
