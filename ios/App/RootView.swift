#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    /// Opening, the first run, or the five tabs with what is on top of them.
    struct RootView: View {
        let model: AppModel
        @Environment(\.words) private var words

        var body: some View {
            if let failure = model.state.failure, model.state.workbench == nil {
                NoticeView(failure: failure, dismiss: model.open, remedy: model.remedy)
                    .padding()
            } else if let firstRun = model.state.firstRun {
                NavigationStack { FirstRunScreen(model: firstRun) }
            } else if let workbench = model.state.workbench {
                Tabs(model: model, workbench: workbench)
                    .safeAreaInset(edge: .top) {
                        if let failure = model.state.failure {
                            NoticeView(failure: failure, dismiss: model.dismiss, remedy: model.remedy).padding()
                        }
                    }
            } else {
                ProgressView(words("do.loading"))
            }
        }
    }

    private struct Tabs: View {
        let model: AppModel
        let workbench: Workbench
        @Environment(\.words) private var words

        var body: some View {
            TabView(selection: tab) {
                page(.home, "tab.home", "house") { HomeScreen(model: model.home(workbench), go: model.go) }
                page(.touches, "tab.touches", "hand.tap") { TouchesScreen(model: model.touches(workbench)) }
                page(.customers, "tab.customers", "building.2") { CustomersScreen(model: model.customers(workbench)) }
                page(.tasks, "tab.tasks", "checklist") { TasksScreen(model: model.tasks(workbench)) }
                page(.me, "tab.me", "person.crop.circle") { MeScreen(model: model.me(workbench)) }
            }
            .sheet(item: sheet) { place in
                NavigationStack { destination(place.place) }
                    .interactiveDismissDisabled()
                    .environment(\.words, words)
            }
        }

        private var tab: Binding<Place.Tab> {
            Binding(get: { model.stack.tab }, set: { model.go($0) })
        }

        /// A draft and joining are a matter of their own, in a sheet; everything else lies on the way.
        private var sheet: Binding<Sheet?> {
            Binding(
                get: { model.stack.places.last { $0.isSheet }.map(Sheet.init) },
                set: { if $0 == nil { model.left(model.stack.places.filter { !$0.isSheet }) } }
            )
        }

        private var path: Binding<[Place]> {
            Binding(
                get: { model.stack.places.filter { !$0.isSheet } },
                set: { remaining in model.left(remaining + model.stack.places.filter { $0.isSheet }) }
            )
        }

        private func page<Content: View>(
            _ tab: Place.Tab, _ title: String, _ image: String, @ViewBuilder _ content: () -> Content
        ) -> some View {
            NavigationStack(path: tab == model.stack.tab ? path : .constant([])) {
                content().navigationDestination(for: Place.self, destination: destination)
            }
            .tabItem { Label(words(title), systemImage: image) }
            .tag(tab)
        }

        @ViewBuilder
        private func destination(_ place: Place) -> some View {
            switch place {
            case .draft(let notice): DraftScreen(model: model.draft(workbench, notice))
            case .touch(let id): TouchScreen(model: model.touch(workbench, id))
            case .evidence(let id): EvidenceScreen(model: model.evidence(workbench, id))
            case .customer(let id): CustomerScreen(model: model.customer(workbench, id))
            case .sync: SyncScreen(model: model.sync(workbench))
            case .join: FirstRunScreen(model: model.join(workbench))
            }
        }
    }

    private struct Sheet: Identifiable {
        let place: Place
        var id: Place { place }
    }

    extension Place {
        fileprivate var isSheet: Bool {
            switch self {
            case .draft, .join: true
            default: false
            }
        }
    }
#endif
