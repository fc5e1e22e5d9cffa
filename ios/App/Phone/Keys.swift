#if canImport(UIKit)
    import Chuda
    import CryptoKit
    import Foundation
    import Security

    /// Secrets in the keychain, readable after the first unlock and on this phone only.
    enum Keychain {
        static func get(_ name: String) throws -> Data? {
            var query = item(name)
            query[kSecReturnData as String] = true
            var found: CFTypeRef?
            let status = SecItemCopyMatching(query as CFDictionary, &found)
            if status == errSecItemNotFound { return nil }
            guard status == errSecSuccess, let data = found as? Data else { throw locked }
            return data
        }

        static func add(_ name: String, _ secret: Data) throws {
            var query = item(name)
            query[kSecValueData as String] = secret
            query[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            guard SecItemAdd(query as CFDictionary, nil) == errSecSuccess else { throw locked }
        }

        private static func item(_ name: String) -> [String: Any] {
            [
                kSecClass as String: kSecClassGenericPassword,
                kSecAttrService as String: "chuda",
                kSecAttrAccount as String: name,
            ]
        }

        /// The phone has not been unlocked since it started: the core asks again later.
        static let locked = ChudaError.Storage(key: "keystore.locked", params: [:])
    }

    /// The key of the database and the files: 32 random bytes, made once.
    enum DatabaseKey {
        static func get() throws -> Data {
            if let key = try Keychain.get("database") { return key }
            let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
            try Keychain.add("database", key)
            return key
        }
    }

    /// The device key: in the Secure Enclave, which never gives it away; where there is none, in the keychain.
    enum DeviceKey {
        static func get() throws -> DeviceSigner {
            if let stored = try Keychain.get("device.enclave") {
                return EnclaveSigner(try SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: stored))
            }
            if let stored = try Keychain.get("device.software") { return try SoftwareSigner.fromPkcs8(der: stored) }
            if SecureEnclave.isAvailable, let access = access() {
                let key = try SecureEnclave.P256.Signing.PrivateKey(accessControl: access)
                try Keychain.add("device.enclave", key.dataRepresentation)
                return EnclaveSigner(key)
            }
            let key = SoftwareSigner.generate()
            try Keychain.add("device.software", try key.toPkcs8())
            return key
        }

        private static func access() -> SecAccessControl? {
            SecAccessControlCreateWithFlags(nil, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, .privateKeyUsage, nil)
        }
    }

    private final class EnclaveSigner: DeviceSigner {
        private let key: SecureEnclave.P256.Signing.PrivateKey

        init(_ key: SecureEnclave.P256.Signing.PrivateKey) {
            self.key = key
        }

        func publicKey() throws -> Data {
            key.publicKey.derRepresentation
        }

        func sign(message: Data) throws -> Data {
            do {
                return try key.signature(for: message).derRepresentation
            } catch {
                throw Keychain.locked
            }
        }
    }
#endif
