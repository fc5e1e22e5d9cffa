import Chuda

/// A picture from the camera; nothing when the person went back. The system is asked for the camera when it is first needed.
@MainActor
func photo(_ platform: Platform) async throws -> Captured? {
    var access = platform.permission(.camera)
    if access == .askable { access = await platform.ask(.camera) }
    guard access == .granted else { throw ChudaError.denied(.camera) }
    return try await platform.takePhoto()
}

extension Workbench {
    /// Keeps a captured file as evidence. Its copy in the cache goes when it is kept, not before: what fails is tried again at the next start.
    @MainActor
    func keep(_ captured: Captured, _ platform: Platform) async throws -> EvidenceId {
        let isPermitted = platform.permission(.location) == .granted
        let isAgreed = try await consents().contains { $0.purpose == .location && $0.given }
        let place = isPermitted && isAgreed ? await platform.location() : nil
        let draft = EvidenceDraft(path: captured.path, source: captured.source, location: place, rendition: captured.rendition)
        let kept = try await keepEvidence(draft: draft).evidence.id
        platform.forget(captured.path)
        captured.rendition.map(platform.forget)
        platform.feedback(.done)
        return kept
    }

    /// Keeps what the camera had made when the app was killed, and what other apps have shared.
    @MainActor
    func keepLeftovers(_ platform: Platform) async throws -> [EvidenceId] {
        var kept: [EvidenceId] = []
        for captured in platform.leftovers() { kept.append(try await keep(captured, platform)) }
        return kept
    }
}
