package chuda.app

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import androidx.annotation.RequiresApi
import chuda.ChudaException
import chuda.DeviceSigner
import chuda.SoftwareSigner
import java.io.File
import java.security.GeneralSecurityException
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.ProviderException
import java.security.SecureRandom
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The two secrets of this phone. The store's key is 32 random bytes, wrapped by a key that only the keystore knows. The device key is made
 * in the strongest place there is: StrongBox, then the processor's own keystore, then a software key that is wrapped like the store's.
 *
 * Where a wrapped secret is there but can't be unwrapped, nothing new is made: that would make everything under it unreadable for good.
 */
internal class Keys(
    private val folder: File,
    private val hasStrongBox: Boolean,
) {
    constructor(context: Context) : this(
        File(context.noBackupFilesDir, "keys"),
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.P &&
            context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE),
    )

    /** The key of database and blob files. */
    @Synchronized
    fun store(): ByteArray = secret(File(folder, "store")) { ByteArray(STORE_KEY_BYTES).also(SecureRandom()::nextBytes) }

    /** The device key. Once made in software it stays there: a phone's key is its identity. */
    @Synchronized
    fun device(): DeviceSigner {
        val software = File(folder, "device")
        if (!software.exists()) {
            try {
                return hardware()
            } catch (_: ProviderException) {
                // No keystore that works with such keys: some cheap phones.
            } catch (_: GeneralSecurityException) {
                // The same.
            }
        }
        return SoftwareSigner.fromPkcs8(secret(software) { SoftwareSigner.generate().use { it.toPkcs8() } })
    }

    private fun hardware(): DeviceSigner {
        val keys = keystore()
        if (!keys.containsAlias(DEVICE)) strongest(::makeDeviceKey)
        return KeystoreSigner(keys.getKey(DEVICE, null) as PrivateKey, keys.getCertificate(DEVICE).publicKey.encoded)
    }

    private fun makeDeviceKey(strongBox: Boolean) {
        val spec =
            KeyGenParameterSpec
                .Builder(DEVICE, KeyProperties.PURPOSE_SIGN)
                .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
                .setDigests(KeyProperties.DIGEST_SHA256)
                .inStrongBox(strongBox)
                .build()
        KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, KEYSTORE).run {
            initialize(spec)
            generateKeyPair()
        }
    }

    /** A secret that is kept wrapped in a file: nonce, then ciphertext. */
    private fun secret(
        file: File,
        make: () -> ByteArray,
    ): ByteArray =
        try {
            if (file.exists()) {
                unwrap(file.readBytes())
            } else {
                make().also { write(file, wrap(it)) }
            }
        } catch (error: GeneralSecurityException) {
            throw unavailable(error)
        } catch (error: ProviderException) {
            throw unavailable(error)
        }

    private fun wrap(secret: ByteArray): ByteArray =
        Cipher.getInstance(TRANSFORMATION).run {
            init(Cipher.ENCRYPT_MODE, wrappingKey(make = true))
            iv + doFinal(secret)
        }

    private fun unwrap(bytes: ByteArray): ByteArray {
        if (bytes.size <= NONCE_BYTES) throw GeneralSecurityException("cut short")
        return Cipher.getInstance(TRANSFORMATION).run {
            init(Cipher.DECRYPT_MODE, wrappingKey(make = false), GCMParameterSpec(TAG_BITS, bytes, 0, NONCE_BYTES))
            doFinal(bytes, NONCE_BYTES, bytes.size - NONCE_BYTES)
        }
    }

    private fun wrappingKey(make: Boolean): SecretKey {
        val keys = keystore()
        if (make && !keys.containsAlias(WRAPPING)) strongest(::makeWrappingKey)
        return keys.getKey(WRAPPING, null) as SecretKey? ?: throw GeneralSecurityException("the keystore has lost its key")
    }

    private fun makeWrappingKey(strongBox: Boolean) {
        val spec =
            KeyGenParameterSpec
                .Builder(WRAPPING, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setKeySize(AES_BITS)
                .inStrongBox(strongBox)
                .build()
        KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, KEYSTORE).run {
            init(spec)
            generateKey()
        }
    }

    /** A StrongBox may be there and yet refuse: it is small and slow. */
    private fun strongest(make: (strongBox: Boolean) -> Unit) {
        if (hasStrongBox) {
            try {
                return make(true)
            } catch (_: ProviderException) {
                // The processor's own keystore, then.
            }
        }
        make(false)
    }

    private fun KeyGenParameterSpec.Builder.inStrongBox(wanted: Boolean) =
        if (wanted && Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) strongBox(this) else this

    @RequiresApi(Build.VERSION_CODES.P)
    private fun strongBox(spec: KeyGenParameterSpec.Builder) = spec.setIsStrongBoxBacked(true)

    private fun keystore(): KeyStore = KeyStore.getInstance(KEYSTORE).apply { load(null) }

    /** Whole or not at all: the file is renamed when it is on the disk. */
    private fun write(
        file: File,
        bytes: ByteArray,
    ) {
        folder.mkdirs()
        val part = File(folder, "${file.name}.part")
        part.outputStream().use {
            it.write(bytes)
            it.fd.sync()
        }
        if (!part.renameTo(file)) throw ChudaException.Storage("keystore.unavailable", emptyMap())
    }

    private companion object {
        const val KEYSTORE = "AndroidKeyStore"
        const val DEVICE = "chuda.device"
        const val WRAPPING = "chuda.wrapping"
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val STORE_KEY_BYTES = 32
        const val NONCE_BYTES = 12
        const val TAG_BITS = 128
        const val AES_BITS = 256
    }
}

/** Signs with a key that does not leave the keystore. While the keystore can't be used, claims wait for their signature. */
internal class KeystoreSigner(
    private val key: PrivateKey,
    private val public: ByteArray,
) : DeviceSigner {
    override fun publicKey(): ByteArray = public

    override fun sign(message: ByteArray): ByteArray =
        try {
            Signature.getInstance("SHA256withECDSA").run {
                initSign(key)
                update(message)
                sign()
            }
        } catch (error: GeneralSecurityException) {
            throw unavailable(error)
        } catch (error: ProviderException) {
            throw unavailable(error)
        }
}

private fun unavailable(cause: Exception): ChudaException =
    ChudaException.Storage("keystore.unavailable", emptyMap()).apply { initCause(cause) }
