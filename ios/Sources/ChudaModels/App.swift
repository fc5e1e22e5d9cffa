import Chuda
import Observation

/// The app as a whole: which store is open, in which language, and which screens are there.
public struct AppState: ScreenState {
    public var words: Words
    /// None as long as the store is being opened or there is none.
    public var workbench: Workbench?
    public var firstRun: FirstRunModel?
    /// The store does not open, or something that belongs to no screen.
    public var failure: Failure?

    init(words: Words) {
        self.words = words
    }
}

/// `opened` hands over the workbench to whatever works without screens, such as the background sync.
public final class AppModel: Model<AppState> {
    public let stack: BackStack
    private let opened: (Workbench) -> Void
    private var tabs: [Place.Tab: any AnyModel] = [:]
    private var models: [Place: any AnyModel] = [:]
    /// A link that waits until the store is open.
    private var invitation: String?

    public init(_ platform: Platform, opened: @escaping (Workbench) -> Void = { _ in }) {
        let stack = BackStack()
        self.stack = stack
        self.opened = opened
        super.init(AppState(words: Words(platform.preference(languagePreference) ?? platform.language)), platform, go: stack.go)
    }

    /// Opens the store, or begins the first run.
    public func open() {
        state.failure = nil
        work(again: open) { [self] in
            let settings = try await platform.settings()
            if storeExists(dir: settings.dir) {
                enter(try await Workbench.open(settings: settings))
            } else {
                state.firstRun = FirstRunModel(nil, platform, leave: {}, done: { [self] in enter($0) })
            }
            showInvitation()
        }
    }

    /// An invitation was opened as a link. Nobody joins by that alone, and who has a team stays in it.
    public func invite(_ link: String) {
        invitation = link
        showInvitation()
    }

    private func showInvitation() {
        guard let link = invitation, state.workbench != nil || state.firstRun != nil else { return }
        invitation = nil
        state.firstRun?.invite(link)
        guard let workbench = state.workbench else { return }
        work { [self] in
            guard try await workbench.identity().server == nil else { throw ChudaError.stopped("invitation.not_needed") }
            go(.join)
            join(workbench).invite(link)
        }
    }

    private func enter(_ workbench: Workbench) {
        workbench.speak(language: state.words.language)
        opened(workbench)
        state.firstRun = nil
        state.workbench = workbench
        keepLeftovers()
        platform.scheduleSync()
    }

    private func speak(_ language: String) {
        state.workbench?.speak(language: language)
        state.words = Words(language)
    }

    /// Comes back to the front: what other apps have shared meanwhile is kept, and what was left on another screen shows on the first.
    public func keepLeftovers() {
        guard let workbench = state.workbench else { return }
        work(again: keepLeftovers) { [self] in
            _ = try await workbench.keepLeftovers(platform)
            (tabs[.home] as? HomeModel)?.refresh()
        }
    }

    /// Back by a button of ours.
    public func back() {
        stack.back()
        settle()
    }

    /// Back by a gesture of the system.
    public func left(_ remaining: [Place]) {
        stack.left(remaining)
        settle()
    }

    public func go(_ tab: Place.Tab) {
        stack.go(tab)
        settle()
    }

    /// A screen that one has left for good is let go, and the first one shows what was left.
    private func settle() {
        for (place, model) in models where !stack.places.contains(place) {
            model.close()
            models[place] = nil
        }
        (tabs[.home] as? HomeModel)?.refresh()
    }

    public func home(_ workbench: Workbench) -> HomeModel {
        tab(.home) { HomeModel(workbench, platform, go: go) }
    }

    public func touches(_ workbench: Workbench) -> TouchesModel {
        tab(.touches) { TouchesModel(workbench, platform, go: go) }
    }

    public func customers(_ workbench: Workbench) -> CustomersModel {
        tab(.customers) { CustomersModel(workbench, platform, go: go) }
    }

    public func tasks(_ workbench: Workbench) -> TasksModel {
        tab(.tasks) { TasksModel(workbench, platform) }
    }

    public func me(_ workbench: Workbench) -> MeModel {
        tab(.me) { MeModel(workbench, platform, speak: speak, go: go) }
    }

    public func sync(_ workbench: Workbench) -> SyncModel {
        made(.sync) { SyncModel(workbench, platform, go: go) }
    }

    public func join(_ workbench: Workbench) -> FirstRunModel {
        made(.join) { FirstRunModel(workbench, platform, leave: { [self] in back() }, done: { [self] _ in back() }) }
    }

    public func draft(_ workbench: Workbench, _ notice: Notice?) -> DraftModel {
        made(.draft(notice: notice)) { DraftModel(workbench, platform, notice: notice?.failure) { [self] in back() } }
    }

    public func touch(_ workbench: Workbench, _ id: TouchId) -> TouchModel {
        made(.touch(id)) { TouchModel(workbench, platform, id, go: go) }
    }

    public func evidence(_ workbench: Workbench, _ id: EvidenceId) -> EvidenceModel {
        made(.evidence(id)) { EvidenceModel(workbench, platform, id) }
    }

    public func customer(_ workbench: Workbench, _ id: CustomerId) -> CustomerModel {
        made(.customer(id)) { CustomerModel(workbench, platform, id, go: go) }
    }

    private func tab<M: AnyModel>(_ tab: Place.Tab, _ make: () -> M) -> M {
        if let model = tabs[tab] as? M { return model }
        let model = make()
        tabs[tab] = model
        return model
    }

    /// The view model of a place, made when it is first there.
    private func made<M: AnyModel>(_ place: Place, _ make: () -> M) -> M {
        if let model = models[place] as? M { return model }
        let model = make()
        models[place] = model
        return model
    }

    override public func close() {
        for model in Array(tabs.values) + Array(models.values) { model.close() }
        (tabs, models) = ([:], [:])
        state.firstRun?.close()
        state.firstRun = nil
        super.close()
    }
}

/// A model, whatever its state.
@MainActor
protocol AnyModel: AnyObject {
    func close()
}

extension Model: AnyModel {}
