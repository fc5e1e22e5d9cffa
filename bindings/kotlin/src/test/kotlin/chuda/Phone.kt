package chuda

import org.junit.jupiter.api.Assumptions.assumeTrue
import java.nio.file.Path
import java.security.KeyPairGenerator
import java.security.SecureRandom
import java.security.Signature
import java.security.spec.ECGenParameterSpec

/** A device key as Android's keystore would hold it: made and used by the platform's own cryptography. */
class PlatformSigner : DeviceSigner {
    private val pair = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

    override fun publicKey(): ByteArray = pair.public.encoded

    override fun sign(message: ByteArray): ByteArray =
        Signature.getInstance("SHA256withECDSA").run {
            initSign(pair.private)
            update(message)
            sign()
        }
}

/** A key that can't be used before the phone is unlocked. */
class LockedSigner(
    private val key: DeviceSigner = PlatformSigner(),
) : DeviceSigner by key {
    override fun sign(message: ByteArray): ByteArray = throw ChudaException.Storage("keystore.locked", emptyMap())
}

/** No keystore at all. */
class BrokenSigner : DeviceSigner {
    override fun publicKey(): ByteArray = error("no keystore")

    override fun sign(message: ByteArray): ByteArray = error("no keystore")
}

fun settings(
    dir: Path,
    signer: DeviceSigner = PlatformSigner(),
    models: String? = null,
) = Settings(
    dir = dir.resolve("store").toString(),
    key = ByteArray(32).also(SecureRandom()::nextBytes),
    signer = signer,
    models = models,
)

/** The folder of the speech model; the test is skipped, and says so, where there is none. */
fun models(): String = given("CHUDA_MODELS", "a test by voice")

/** One of the project's own files: `voice.wav`, `photo.jpg`, `quote.pdf`. */
fun sample(name: String): String = Path.of(given("CHUDA_SAMPLES", "a test with a file"), name).toString()

fun given(
    variable: String,
    what: String,
): String {
    val value: String? = System.getenv(variable)
    if (value == null) println("SKIPPED: $what ($variable is not set)")
    assumeTrue(value != null) { "$variable is not set" }
    return value!!
}

fun photo() = EvidenceDraft(path = sample("photo.jpg"), source = Source.CAMERA)

fun voice() = EvidenceDraft(path = sample("voice.wav"), source = Source.RECORDING, consent = Consent.OWN_VOICE)
