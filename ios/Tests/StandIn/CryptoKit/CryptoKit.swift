// A stand-in: what the app uses of CryptoKit, declared only.
@_exported import Foundation
import Security

public struct SymmetricKeySize {
    public static let bits256 = SymmetricKeySize()
}

public struct SymmetricKey {
    public init(size: SymmetricKeySize) {}
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R { fatalError() }
}

public enum P256 {
    public enum Signing {
        public struct PublicKey: Sendable {
            public var derRepresentation: Data { Data() }
        }
        public struct ECDSASignature {
            public var derRepresentation: Data { Data() }
        }
    }
}

public enum SecureEnclave {
    public static var isAvailable: Bool { false }
    public enum P256 {
        public enum Signing {
            public struct PrivateKey: Sendable {
                public init(dataRepresentation: Data) throws {}
                public init(accessControl: SecAccessControl) throws {}
                public var dataRepresentation: Data { Data() }
                public var publicKey: CryptoKit.P256.Signing.PublicKey { fatalError() }
                public func signature<D: DataProtocol>(for data: D) throws -> CryptoKit.P256.Signing.ECDSASignature { fatalError() }
            }
        }
    }
}
