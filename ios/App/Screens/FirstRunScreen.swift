#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct FirstRunScreen: View {
        let model: FirstRunModel
        @Environment(\.words) private var words

        var body: some View {
            Page {
                switch model.state.step {
                case .welcome: welcome
                case .code: code
                case .name: name
                }
            }
            .safeAreaInset(edge: .bottom) { buttons.padding(16).background(Color.page) }
            .toolbar {
                if model.state.step != .welcome {
                    ToolbarItem(placement: .topBarLeading) {
                        Button(words("do.back"), action: model.back).disabled(model.state.working)
                    }
                }
            }
        }

        @ViewBuilder
        private var welcome: some View {
            VStack(alignment: .leading, spacing: 8) {
                Text(words("first.title")).font(.largeTitle.weight(.bold)).accessibilityAddTraits(.isHeader)
                Text(words("first.text")).font(.title3).foregroundStyle(Color.quiet)
            }
            .padding(.top, 64)
            .padding(.bottom, 24)
            promise("first.promise_voice", "waveform")
            promise("first.promise_evidence", "checkmark.seal")
            promise("first.promise_offline", "wifi.slash")
            Notices(model: model)
        }

        private func promise(_ text: String, _ image: String) -> some View {
            HStack(spacing: 16) {
                Image(systemName: image).font(.title2).foregroundStyle(Color.accent).frame(width: 40).accessibilityHidden(true)
                Text(words(text))
            }
            .frame(minHeight: 56)
        }

        @ViewBuilder
        private var code: some View {
            heading("first.join_title", "first.join_text")
            field("first.server", model.state.server) { model.type(server: $0) }
                .textContentType(.URL)
                .keyboardType(.URL)
            field("first.code", model.state.code) { model.type(code: $0) }
                .textContentType(.oneTimeCode)
            SoftButton(title: words("first.scan"), image: "qrcode.viewfinder", action: model.scan)
            Notices(model: model)
        }

        @ViewBuilder
        private var name: some View {
            heading("first.name_title", "first.name_text")
            field("first.name", model.state.name) { model.type(name: $0) }
                .textContentType(.name)
            Notices(model: model)
        }

        private func heading(_ title: String, _ text: String) -> some View {
            VStack(alignment: .leading, spacing: 8) {
                Text(words(title)).font(.title.weight(.semibold)).accessibilityAddTraits(.isHeader)
                Text(words(text)).foregroundStyle(Color.quiet)
            }
            .padding(.vertical, 16)
        }

        private func field(_ label: String, _ text: String, _ type: @escaping (String) -> Void) -> some View {
            TextField(words(label), text: Binding(get: { text }, set: type))
                .autocorrectionDisabled()
                .textInputAutocapitalization(.never)
                .padding(14)
                .frame(minHeight: 56)
                .background(Color.panel, in: RoundedRectangle(cornerRadius: 12, style: .continuous))
                .disabled(model.state.working)
        }

        @ViewBuilder
        private var buttons: some View {
            let state = model.state
            switch state.step {
            case .welcome:
                VStack(spacing: 8) {
                    MainButton(title: words("first.scan"), image: "qrcode.viewfinder", action: model.scan)
                    SoftButton(title: words("first.type_code"), action: model.typeCode)
                    Button(words("first.start_offline"), action: model.startOffline).frame(minHeight: 48)
                }
            case .code:
                MainButton(title: words(state.working ? "first.joining" : "first.join"), isWorking: state.working, action: model.join)
            case .name:
                MainButton(title: words("first.begin"), isWorking: state.working, action: model.startOffline)
            }
        }
    }
#endif
