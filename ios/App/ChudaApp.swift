#if canImport(SwiftUI)
    import BackgroundTasks
    import Chuda
    import ChudaModels
    import SwiftUI

    @main
    struct ChudaApp: App {
        @Environment(\.scenePhase) private var phase
        @State private var model: AppModel
        private let background: Background

        init() {
            let phone = Phone()
            let background = Background(phone)
            let model = AppModel(phone, opened: background.use)
            background.register()
            phone.syncIsDue = background.schedule
            _model = State(initialValue: model)
            self.background = background
            model.open()
        }

        var body: some Scene {
            WindowGroup {
                RootView(model: model)
                    .environment(\.words, model.state.words)
                    .tint(.accent)
                    .onOpenURL { model.invite($0.absoluteString) }
            }
            .onChange(of: phase) { _, phase in
                switch phase {
                case .active:
                    model.keepLeftovers()
                    background.syncNow()
                case .background: background.schedule()
                default: break
                }
            }
        }
    }
#endif
