#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI
    import UIKit

    /// One accent, three meanings, all with a contrast of at least 4.5 : 1 against what they stand on, by day and by night.
    extension Color {
        static let accent = Color(light: 0x0F6B5C, dark: 0x5FD3BD)
        static let onAccent = Color(light: 0xFFFFFF, dark: 0x00382F)
        static let soft = Color(light: 0xDCEFEA, dark: 0x14423A)
        static let page = Color(light: 0xF4F5F3, dark: 0x101413)
        static let panel = Color(light: 0xFFFFFF, dark: 0x1B201F)
        static let quiet = Color(light: 0x56605D, dark: 0xA9B4B0)
        static let bad = Color(light: 0xA32219, dark: 0xFFB4AB)
        static let badSoft = Color(light: 0xFBE4E1, dark: 0x5B1A15)
        static let doubt = Color(light: 0x735000, dark: 0xF2C26B)
        static let doubtSoft = Color(light: 0xFFF1D1, dark: 0x463300)

        private init(light: UInt32, dark: UInt32) {
            self.init(uiColor: UIColor { $0.userInterfaceStyle == .dark ? UIColor(dark) : UIColor(light) })
        }
    }

    extension UIColor {
        fileprivate convenience init(_ rgb: UInt32) {
            let part = { (shift: UInt32) in CGFloat(rgb >> shift & 0xFF) / 255 }
            self.init(red: part(16), green: part(8), blue: part(0), alpha: 1)
        }
    }

    private struct WordsKey: EnvironmentKey {
        static let defaultValue = Words("zh")
    }

    extension EnvironmentValues {
        var words: Words {
            get { self[WordsKey.self] }
            set { self[WordsKey.self] = newValue }
        }
    }

    /// What a tag or a button says besides its words; the words never leave it to the colour.
    @MainActor
    enum Tone {
        case plain, good, doubt, bad

        var front: Color {
            switch self {
            case .plain: .quiet
            case .good: .accent
            case .doubt: .doubt
            case .bad: .bad
            }
        }

        var back: Color {
            switch self {
            case .plain: .page
            case .good: .soft
            case .doubt: .doubtSoft
            case .bad: .badSoft
            }
        }
    }

    extension EvidenceView {
        var image: String {
            if !readable { return "exclamationmark.triangle" }
            return switch kind {
            case .photo: "photo"
            case .recording: "waveform"
            case .document: "doc.text"
            }
        }
    }
#endif
