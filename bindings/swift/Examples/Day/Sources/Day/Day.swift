import Chuda
import Foundation

/// A rep's day without a network: a customer, a visit with a photo, the report. usage: Day FOLDER PHOTO
@main
struct Day {
    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { return print("usage: Day FOLDER PHOTO") }
        do {
            try await file(in: arguments[1], photo: arguments[2])
        } catch let error as ChudaError {
            print("\(error.key): \(error.action)")
        } catch {
            print(error)
        }
    }

    static func file(in folder: String, photo: String) async throws {
        // A real app makes the key once and keeps it in the keychain, and signs with the Secure Enclave.
        let key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        let settings = Settings(dir: folder, key: key, signer: SoftwareSigner.generate())
        let phone = try await Workbench.createOffline(settings: settings, name: "李强")

        let customer = try await phone.addCustomer(draft: CustomerDraft(name: "佛山乐居家具"))
        let evidence = try await phone.keepEvidence(draft: EvidenceDraft(path: photo, source: .camera)).evidence
        var visit = TouchDraft(customer: customer.id, mode: .visit, action: "demo", evidence: [evidence.id])
        visit.nextAction = "发报价单"
        let saved = try await phone.recordTouch(draft: visit)
        print("\(saved.touch.customerName): \(saved.touch.action.zh), \(saved.touch.evidence.count) piece of evidence")

        let report = try await phone.fileReport(request: ReportRequest(reason: "travel"))
        print("\(report.day): \(report.touches.count) touch, tomorrow \(report.tomorrow)")

        do {
            _ = try await phone.sync()
        } catch let error as ChudaError {
            print("not sent (\(error.key)), everything is kept")
        }
    }
}
