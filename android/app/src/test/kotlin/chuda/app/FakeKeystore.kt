package chuda.app

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.StrongBoxUnavailableException
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.PrivateKey
import java.security.Provider
import java.security.ProviderException
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/** Android's keystore as far as [Keys] uses it, in memory. It can be told to refuse, and to forget. */
object FakeKeystore {
    val keys = mutableMapOf<String, Key>()
    val publicKeys = mutableMapOf<String, PublicKey>()

    /** Alias and whether it lies in the StrongBox, in the order in which they were made. */
    val made = mutableListOf<Pair<String, Boolean>>()
    var strongBoxRefuses = false
    var refusesEc = false

    fun install() {
        keys.clear()
        publicKeys.clear()
        made.clear()
        strongBoxRefuses = false
        refusesEc = false
        Security.removeProvider(NAME)
        Security.addProvider(FakeProvider())
    }

    fun note(spec: KeyGenParameterSpec) {
        if (spec.isStrongBoxBacked && strongBoxRefuses) throw StrongBoxUnavailableException()
        made += spec.keystoreAlias to spec.isStrongBoxBacked
    }

    const val NAME = "AndroidKeyStore"
}

class FakeProvider : Provider(FakeKeystore.NAME, "1", "in memory") {
    init {
        put("KeyStore.AndroidKeyStore", FakeStore::class.java.name)
        put("KeyGenerator.AES", FakeAes::class.java.name)
        put("KeyPairGenerator.EC", FakeEc::class.java.name)
    }
}

class FakeAes : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun engineInit(random: SecureRandom?) = Unit

    override fun engineInit(
        size: Int,
        random: SecureRandom?,
    ) = Unit

    override fun engineInit(
        spec: AlgorithmParameterSpec?,
        random: SecureRandom?,
    ) {
        this.spec = spec as KeyGenParameterSpec
    }

    override fun engineGenerateKey(): SecretKey {
        FakeKeystore.note(spec)
        val key = SecretKeySpec(ByteArray(spec.keySize / 8).also(SecureRandom()::nextBytes), "AES")
        FakeKeystore.keys[spec.keystoreAlias] = key
        return key
    }
}

class FakeEc : KeyPairGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun initialize(
        size: Int,
        random: SecureRandom?,
    ) = Unit

    override fun initialize(
        spec: AlgorithmParameterSpec?,
        random: SecureRandom?,
    ) {
        this.spec = spec as KeyGenParameterSpec
    }

    override fun generateKeyPair(): KeyPair {
        if (FakeKeystore.refusesEc) throw ProviderException("no such keys here")
        FakeKeystore.note(spec)
        val provider = Security.getProviders("KeyPairGenerator.EC").first { it.name != FakeKeystore.NAME }
        val pair = KeyPairGenerator.getInstance("EC", provider).apply { initialize(spec.algorithmParameterSpec) }.generateKeyPair()
        FakeKeystore.keys[spec.keystoreAlias] = pair.private
        FakeKeystore.publicKeys[spec.keystoreAlias] = pair.public
        return pair
    }
}

class FakeStore : KeyStoreSpi() {
    override fun engineGetKey(
        alias: String,
        password: CharArray?,
    ): Key? = FakeKeystore.keys[alias]

    override fun engineGetCertificate(alias: String): Certificate? = FakeKeystore.publicKeys[alias]?.let(::FakeCertificate)

    override fun engineContainsAlias(alias: String) = alias in FakeKeystore.keys

    override fun engineIsKeyEntry(alias: String) = FakeKeystore.keys[alias] is PrivateKey || FakeKeystore.keys[alias] is SecretKey

    override fun engineLoad(
        stream: InputStream?,
        password: CharArray?,
    ) = Unit

    override fun engineAliases(): Enumeration<String> = Collections.enumeration(FakeKeystore.keys.keys)

    override fun engineSize() = FakeKeystore.keys.size

    override fun engineDeleteEntry(alias: String) {
        FakeKeystore.keys -= alias
    }

    override fun engineGetCertificateChain(alias: String): Array<Certificate> = throw UnsupportedOperationException()

    override fun engineGetCreationDate(alias: String): Date = throw UnsupportedOperationException()

    override fun engineSetKeyEntry(
        alias: String?,
        key: Key?,
        password: CharArray?,
        chain: Array<out Certificate>?,
    ): Unit = throw UnsupportedOperationException()

    override fun engineSetKeyEntry(
        alias: String?,
        key: ByteArray?,
        chain: Array<out Certificate>?,
    ): Unit = throw UnsupportedOperationException()

    override fun engineSetCertificateEntry(
        alias: String?,
        cert: Certificate?,
    ): Unit = throw UnsupportedOperationException()

    override fun engineIsCertificateEntry(alias: String?) = false

    override fun engineGetCertificateAlias(cert: Certificate?): String? = null

    override fun engineStore(
        stream: OutputStream?,
        password: CharArray?,
    ): Unit = throw UnsupportedOperationException()
}

private class FakeCertificate(
    private val public: PublicKey,
) : Certificate("fake") {
    override fun getPublicKey() = public

    override fun getEncoded() = public.encoded

    override fun toString() = "fake"

    override fun verify(key: PublicKey?) = Unit

    override fun verify(
        key: PublicKey?,
        provider: String?,
    ) = Unit
}
