import chuda.ChudaException
import chuda.ContactMode
import chuda.CustomerDraft
import chuda.EvidenceDraft
import chuda.ReportRequest
import chuda.Settings
import chuda.SoftwareSigner
import chuda.Source
import chuda.TouchDraft
import chuda.Workbench
import chuda.action
import chuda.homes
import chuda.key
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import java.nio.file.Files
import java.security.SecureRandom
import kotlin.system.exitProcess

/** A rep's day without a network: a customer, a photo, a touch, the report. Give it the path of a photo. */
fun main(args: Array<String>) =
    runBlocking {
        day(args.firstOrNull() ?: exit("usage: day PHOTO"))
    }

private suspend fun day(photo: String) {
    // A real app keeps both keys in the platform's keystore.
    val settings =
        Settings(
            dir = Files.createTempDirectory("chuda-day").toString(),
            key = ByteArray(32).also(SecureRandom()::nextBytes),
            signer = SoftwareSigner.generate(),
        )
    Workbench.createOffline(settings, "李强").use { phone ->
        val customer = phone.addCustomer(CustomerDraft(name = "佛山乐居家具"))
        val evidence = phone.keepEvidence(EvidenceDraft(path = photo, source = Source.CAMERA)).evidence
        println("photo   ${evidence.sha256}")
        val touch = TouchDraft(customer = customer.id, mode = ContactMode.VISIT, action = "demo", evidence = listOf(evidence.id))
        println("touch   ${phone.recordTouch(touch).touch.status}")
        val report =
            try {
                phone.fileReport(ReportRequest())
            } catch (error: ChudaException.Invalid) {
                // One touch is fewer than three: the error says so, and what to do about it.
                println("refused ${error.key}: ${error.action}")
                phone.fileReport(ReportRequest(reason = "travel"))
            }
        println("report  ${report.day}, tomorrow: ${report.tomorrow}")
        println("home    ${phone.homes().first().touchesToday.size} touch today")
    }
}

private fun exit(why: String): Nothing {
    System.err.println(why)
    exitProcess(2)
}
