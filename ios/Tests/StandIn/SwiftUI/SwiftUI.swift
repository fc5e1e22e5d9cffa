// A stand-in for SwiftUI where there is none: it declares what the screens use of it, with Apple's names, labels and types, and does nothing.
// So a machine without Xcode finds a screen that calls an event by a wrong name or shows a field that is not there.

@_exported import Foundation
@_exported import UIKit

@MainActor @preconcurrency
public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Body { get }
}

extension Never: View {
    public var body: Never { fatalError() }
}

/// What has no body of its own.
@MainActor @preconcurrency
public protocol Primitive: View where Body == Never {}

extension Primitive {
    public var body: Never { fatalError() }
}

public struct EmptyView: Primitive {
    public init() {}
}

extension Optional: View where Wrapped: View {
    public var body: Never { fatalError() }
}

public struct TupleView<T>: Primitive {}

public struct _ConditionalContent<A: View, B: View>: Primitive {}

@resultBuilder
public enum ViewBuilder {
    public static func buildExpression<V: View>(_ view: V) -> V { view }
    public static func buildBlock() -> EmptyView { EmptyView() }
    public static func buildBlock<V: View>(_ view: V) -> V { view }
    public static func buildBlock<each V: View>(_ view: repeat each V) -> TupleView<(repeat each V)> { fatalError() }
    public static func buildIf<V: View>(_ view: V?) -> V? { view }
    public static func buildEither<A: View, B: View>(first: A) -> _ConditionalContent<A, B> { fatalError() }
    public static func buildEither<A: View, B: View>(second: B) -> _ConditionalContent<A, B> { fatalError() }
}

// State

@propertyWrapper
public struct State<Value> {
    public init(wrappedValue: Value) {}
    public init(initialValue: Value) {}
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set {}
    }
    public var projectedValue: Binding<Value> { fatalError() }
}

@propertyWrapper
@dynamicMemberLookup
public struct Binding<Value> {
    public init(get: @escaping () -> Value, set: @escaping (Value) -> Void) {}
    public static func constant(_ value: Value) -> Binding<Value> { fatalError() }
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set {}
    }
    public var projectedValue: Binding<Value> { self }
    public subscript<T>(dynamicMember path: WritableKeyPath<Value, T>) -> Binding<T> { fatalError() }
}

@propertyWrapper
public struct GestureState<Value> {
    public init(wrappedValue: Value) {}
    public var wrappedValue: Value { fatalError() }
    public var projectedValue: GestureState<Value> { self }
}

@propertyWrapper
public struct AppStorage<Value> {
    public init(wrappedValue: Value, _ key: String) {}
    public var wrappedValue: Value {
        get { fatalError() }
        nonmutating set {}
    }
}

@propertyWrapper
public struct Environment<Value> {
    public init(_ path: KeyPath<EnvironmentValues, Value>) {}
    public var wrappedValue: Value { fatalError() }
}

public protocol EnvironmentKey {
    associatedtype Value
    static var defaultValue: Value { get }
}

public struct EnvironmentValues {
    public subscript<K: EnvironmentKey>(key: K.Type) -> K.Value {
        get { fatalError() }
        set {}
    }
    public var locale: Locale {
        get { fatalError() }
        set {}
    }
}

// Shapes and styles

public protocol ShapeStyle {}

public struct Color: ShapeStyle, Primitive, Hashable {
    public init(uiColor: UIColor) {}
    public static let primary = Color(uiColor: UIColor(red: 0, green: 0, blue: 0, alpha: 0))
}

extension ShapeStyle where Self == Material {
    public static var bar: Material { Material() }
}

public struct Material: ShapeStyle {}

public protocol Shape: View {}

public struct Rectangle: Shape, Primitive {
    public init() {}
}

public struct Capsule: Shape, Primitive {
    public init() {}
}

public enum RoundedCornerStyle { case circular, continuous }

public struct RoundedRectangle: Shape, Primitive {
    public init(cornerRadius: CGFloat, style: RoundedCornerStyle = .continuous) {}
}

public struct Path {
    public init(roundedRect: CGRect, cornerRadius: CGFloat) {}
}

public struct Font {
    public enum Weight { case regular, medium, semibold, bold }
    public static let largeTitle = Font()
    public static let title = Font()
    public static let title2 = Font()
    public static let title3 = Font()
    public static let headline = Font()
    public static let body = Font()
    public static let subheadline = Font()
    public static let footnote = Font()
    public static let caption = Font()
    public static let caption2 = Font()
    public static func system(size: CGFloat) -> Font { Font() }
    public func weight(_ weight: Weight) -> Font { self }
    public func monospacedDigit() -> Font { self }
}

public enum TextAlignment { case leading, center, trailing }

public enum HorizontalAlignment { case leading, center, trailing }

public enum VerticalAlignment { case top, center, bottom, firstTextBaseline }

public struct Alignment {
    public static let topTrailing = Alignment()
    public static let leading = Alignment()
    public static let center = Alignment()
}

public enum VerticalEdge { case top, bottom }

public struct Edge {
    public struct Set: OptionSet {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let top = Set(rawValue: 1)
        public static let leading = Set(rawValue: 2)
        public static let bottom = Set(rawValue: 4)
        public static let trailing = Set(rawValue: 8)
        public static let horizontal = Set(rawValue: 10)
        public static let vertical = Set(rawValue: 5)
        public static let all = Set(rawValue: 15)
    }
}

public struct Axis {
    public static let horizontal = Axis()
    public static let vertical = Axis()
    public struct Set {
        public static let horizontal = Set()
        public static let vertical = Set()
    }
}

// Views

public struct Text: Primitive {
    public struct LineStyle: Hashable, Sendable {
        public enum Pattern { case solid, dot, dash }
        public init(pattern: Pattern = .solid, color: Color? = nil) {}
    }
    public init(_ text: String) {}
    public init(_ text: AttributedString) {}
    public func font(_ font: Font?) -> Text { self }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> Text { self }
}

public struct Image: Primitive {
    public init(systemName: String) {}
    public init(uiImage: UIImage) {}
    public func resizable() -> Image { self }
}

public struct Label: Primitive {
    public init(_ title: String, systemImage: String) {}
}

public struct ButtonRole {
    public static let destructive = ButtonRole()
    public static let cancel = ButtonRole()
}

public struct Button<L: View>: Primitive {
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> L) {}
    public init(role: ButtonRole?, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> L) {}
}

extension Button where L == Text {
    public init(_ title: String, action: @escaping @MainActor () -> Void) {}
    public init(_ title: String, role: ButtonRole?, action: @escaping @MainActor () -> Void) {}
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: Primitive {
    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content) {}
}

public struct HStack<Content: View>: Primitive {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {}
}

public struct ZStack<Content: View>: Primitive {
    public init(alignment: Alignment = .center, @ViewBuilder content: () -> Content) {}
}

public struct VStack<Content: View>: Primitive {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {}
}

public struct Group<Content: View>: Primitive {
    public init(@ViewBuilder content: () -> Content) {}
}

public struct ScrollView<Content: View>: Primitive {
    public init(_ axes: Axis.Set = .vertical, showsIndicators: Bool = true, @ViewBuilder content: () -> Content) {}
}

public struct Spacer: Primitive {
    public init(minLength: CGFloat? = nil) {}
}

public struct Divider: Primitive {
    public init() {}
}

public struct ProgressView: Primitive {
    public init() {}
    public init(_ title: String) {}
    public init(value: Double?, total: Double = 1) {}
}

public struct ContentUnavailableView: Primitive {
    public init(_ title: String, systemImage: String, description: Text? = nil) {}
}

public struct ViewThatFits<Content: View>: Primitive {
    public init(in axes: Axis.Set, @ViewBuilder content: () -> Content) {}
}

public struct DisclosureGroup<Content: View>: Primitive {
    public init(_ label: String, isExpanded: Binding<Bool>, @ViewBuilder content: @escaping () -> Content) {}
}

public struct TextField: Primitive {
    public init(_ title: String, text: Binding<String>) {}
    public init(_ title: String, text: Binding<String>, axis: Axis) {}
}

public struct Toggle<L: View>: Primitive {
    public init(isOn: Binding<Bool>, @ViewBuilder label: () -> L) {}
}

public struct Picker<Value: Hashable, Content: View>: Primitive {
    public init(_ title: String, selection: Binding<Value>, @ViewBuilder content: () -> Content) {}
}

public struct DatePickerComponents {
    public static let date = DatePickerComponents()
}

public struct DatePicker: Primitive {
    public init(
        _ title: String, selection: Binding<Date>, in range: PartialRangeFrom<Date>, displayedComponents: DatePickerComponents = .date
    ) {}
}

public struct TabView<Value: Hashable, Content: View>: Primitive {
    public init(selection: Binding<Value>?, @ViewBuilder content: () -> Content) {}
}

public struct NavigationStack<Root: View>: Primitive {
    public init(@ViewBuilder root: () -> Root) {}
    public init<Element: Hashable>(path: Binding<[Element]>, @ViewBuilder root: () -> Root) {}
}

public struct Canvas: Primitive {
    public init(renderer: @escaping (inout GraphicsContext, CGSize) -> Void) {}
}

public struct GraphicsContext {
    public struct Shading {
        public static func color(_ color: Color) -> Shading { Shading() }
    }
    public func fill(_ path: Path, with shading: Shading) {}
}

// Layout

public struct ProposedViewSize {
    public var width: CGFloat?
    public var height: CGFloat?
    public init(width: CGFloat?, height: CGFloat?) {}
    public init(_ size: CGSize) {}
}

public struct LayoutSubview {
    public func sizeThatFits(_ proposal: ProposedViewSize) -> CGSize { .zero }
    public func place(at point: CGPoint, proposal: ProposedViewSize) {}
}

public protocol Layout {
    typealias Subviews = [LayoutSubview]
    func sizeThatFits(proposal: ProposedViewSize, subviews: Subviews, cache: inout Void) -> CGSize
    func placeSubviews(in bounds: CGRect, proposal: ProposedViewSize, subviews: Subviews, cache: inout Void)
}

extension Layout {
    @MainActor
    public func callAsFunction<V: View>(@ViewBuilder _ content: () -> V) -> some View { content() }
}

// Gestures

public protocol Gesture {
    associatedtype Value
}

extension Gesture {
    public func onChanged(_ action: @escaping (Value) -> Void) -> Self { self }
    public func onEnded(_ action: @escaping (Value) -> Void) -> Self { self }
    public func updating<S>(_ state: GestureState<S>, body: @escaping (Value, inout S, inout Int) -> Void) -> Self { self }
}

public struct DragGesture: Gesture {
    public struct Value {
        public var time: Date
        public var translation: CGSize
    }
    public init(minimumDistance: CGFloat = 10) {}
}

public struct MagnifyGesture: Gesture {
    public struct Value {
        public var magnification: CGFloat
    }
    public init() {}
}

@MainActor
public func withAnimation<T>(_ body: () throws -> T) rethrows -> T { try body() }

// Modifiers

public enum ToolbarItemPlacement { case topBarLeading, topBarTrailing }

public struct ToolbarItem<Content: View>: Primitive {
    public init(placement: ToolbarItemPlacement, @ViewBuilder content: () -> Content) {}
}

public struct PresentationDetent: Hashable {
    public static let medium = PresentationDetent()
    public static let large = PresentationDetent()
}

public enum Visibility { case automatic, visible, hidden }

public struct AccessibilityTraits: ExpressibleByArrayLiteral {
    public init(arrayLiteral: AccessibilityTraits...) {}
    public static let isHeader: AccessibilityTraits = []
    public static let isButton: AccessibilityTraits = []
    public static let isSelected: AccessibilityTraits = []
}

public enum AccessibilityChildBehavior { case ignore, combine, contain }

public struct PlainButtonStyle {
    public static let plain = PlainButtonStyle()
}

public struct TitleAndIconLabelStyle {
    public static let titleAndIcon = TitleAndIconLabelStyle()
}

public struct EnabledTextSelectability {
    public static let enabled = EnabledTextSelectability()
}

public struct TextInputAutocapitalization {
    public static let never = TextInputAutocapitalization()
}

public enum TitleDisplayMode { case automatic, inline, large }

@MainActor
extension View {
    public func font(_ font: Font?) -> some View { self }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { self }
    public func tint(_ color: Color?) -> some View { self }
    public func frame(width: CGFloat? = nil, height: CGFloat? = nil, alignment: Alignment = .center) -> some View { self }
    public func frame(
        minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
        idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center
    ) -> some View { self }
    public func padding(_ length: CGFloat) -> some View { self }
    public func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { self }
    public func background<S: ShapeStyle>(_ style: S) -> some View { self }
    public func background<S: ShapeStyle, T: Shape>(_ style: S, in shape: T) -> some View { self }
    public func clipShape<S: Shape>(_ shape: S) -> some View { self }
    public func contentShape<S: Shape>(_ shape: S) -> some View { self }
    public func scaledToFill() -> some View { self }
    public func scaledToFit() -> some View { self }
    public func scaleEffect(_ scale: CGFloat) -> some View { self }
    public func multilineTextAlignment(_ alignment: TextAlignment) -> some View { self }
    public func textSelection(_ selectability: EnabledTextSelectability) -> some View { self }
    public func buttonStyle(_ style: PlainButtonStyle) -> some View { self }
    public func labelStyle(_ style: TitleAndIconLabelStyle) -> some View { self }
    public func disabled(_ disabled: Bool) -> some View { self }
    public func id<ID: Hashable>(_ id: ID) -> some View { self }
    public func tag<V: Hashable>(_ tag: V) -> some View { self }
    public func tabItem<V: View>(@ViewBuilder _ label: () -> V) -> some View { self }
    public func environment<V>(_ path: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View { self }
    public func gesture<G: Gesture>(_ gesture: G) -> some View { self }
    public func onTapGesture(count: Int = 1, perform: @escaping @MainActor () -> Void) -> some View { self }
    public func onChange<V: Equatable>(of value: V, _ action: @escaping @MainActor (V, V) -> Void) -> some View { self }
    public func onOpenURL(perform action: @escaping @MainActor (URL) -> Void) -> some View { self }
    public func refreshable(action: @escaping @MainActor @Sendable () async -> Void) -> some View { self }
    public func searchable(text: Binding<String>, prompt: String) -> some View { self }
    public func navigationTitle(_ title: String) -> some View { self }
    public func navigationBarTitleDisplayMode(_ mode: TitleDisplayMode) -> some View { self }
    public func navigationDestination<D: Hashable, C: View>(
        for data: D.Type, @ViewBuilder destination: @escaping (D) -> C
    ) -> some View { self }
    public func toolbar<C: View>(@ViewBuilder content: () -> C) -> some View { self }
    public func sheet<C: View>(
        isPresented: Binding<Bool>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping () -> C
    ) -> some View { self }
    public func sheet<Item: Identifiable, C: View>(
        item: Binding<Item?>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping (Item) -> C
    ) -> some View { self }
    public func interactiveDismissDisabled(_ isDisabled: Bool = true) -> some View { self }
    public func presentationDetents(_ detents: Set<PresentationDetent>) -> some View { self }
    public func presentationDragIndicator(_ visibility: Visibility) -> some View { self }
    public func confirmationDialog<A: View, M: View>(
        _ title: String, isPresented: Binding<Bool>, titleVisibility: Visibility = .automatic, @ViewBuilder actions: () -> A,
        @ViewBuilder message: () -> M
    ) -> some View { self }
    public func safeAreaInset<V: View>(
        edge: VerticalEdge, alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> V
    ) -> some View { self }
    public func textContentType(_ type: UITextContentType?) -> some View { self }
    public func keyboardType(_ type: UIKeyboardType) -> some View { self }
    public func autocorrectionDisabled(_ disable: Bool = true) -> some View { self }
    public func textInputAutocapitalization(_ autocapitalization: TextInputAutocapitalization?) -> some View { self }
    public func accessibilityLabel(_ label: String) -> some View { self }
    public func accessibilityValue(_ value: String) -> some View { self }
    public func accessibilityHint(_ hint: String) -> some View { self }
    public func accessibilityHidden(_ hidden: Bool) -> some View { self }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { self }
    public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View { self }
    public func accessibilityAction(_ handler: @escaping @MainActor () -> Void) -> some View { self }
}

// Attributed text

extension AttributeScopes {
    public struct SwiftUIAttributes: AttributeScope {
        public let foregroundColor: ForegroundColor
        public let underlineStyle: UnderlineStyle

        public enum ForegroundColor: AttributedStringKey {
            public typealias Value = Color
            public static let name = "SwiftUI.ForegroundColor"
        }

        public enum UnderlineStyle: AttributedStringKey {
            public typealias Value = Text.LineStyle
            public static let name = "SwiftUI.UnderlineStyle"
        }
    }

    public var swiftUI: SwiftUIAttributes.Type { SwiftUIAttributes.self }
}

extension Color: @unchecked Sendable {}

// The app itself

public enum ScenePhase: Equatable { case background, inactive, active }

extension EnvironmentValues {
    public var scenePhase: ScenePhase { .background }
}

@MainActor @preconcurrency
public protocol Scene {
    associatedtype Body: Scene
    @SceneBuilder var body: Body { get }
}

extension Never: Scene {}

@resultBuilder
public enum SceneBuilder {
    public static func buildBlock<S: Scene>(_ scene: S) -> S { scene }
}

extension Scene {
    public func onChange<V: Equatable>(of value: V, _ action: @escaping @MainActor (V, V) -> Void) -> some Scene { self }
}

public struct WindowGroup<Content: View>: Scene {
    public init(@ViewBuilder content: () -> Content) {}
    public var body: Never { fatalError() }
}

@MainActor @preconcurrency
public protocol App {
    associatedtype Body: Scene
    @SceneBuilder var body: Body { get }
    init()
}

extension App {
    public static func main() {}
}
