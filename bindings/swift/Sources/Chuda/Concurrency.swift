/// Swift's own ways to wait, watch and cancel, on top of the generated `Workbench`.

extension Workbench {
    /// The home screen: as it is now, then whenever it changes. A slow reader misses what was overtaken, never the last one.
    /// Leaving the loop ends the subscription.
    public func homes() -> AsyncThrowingStream<HomeView, Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                do {
                    let subscription = try await subscribe(listener: Tell { continuation.yield($0) })
                    // A stream in which nothing comes ends when its task is cancelled.
                    let nothing = AsyncStream(Never.self) { _ in }
                    for await _ in nothing {}
                    subscription.cancel()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// Keeps a recording and turns it into a draft. `onProgress` hears the share that is done, 0 to 1, on a thread of the core.
    /// Cancelling the task stops the work; the recording is kept and is then among the `pendingTranscriptions()`.
    public func recordVoice(
        _ draft: EvidenceDraft, onProgress: @escaping @Sendable (Float) -> Void = { _ in }
    ) async throws -> VoiceDraft {
        try await cancellable { try await self.recordVoice(draft: draft, progress: Tell(onProgress), cancel: $0) }
    }

    /// Transcribes a kept recording again or for the first time. `onProgress` and cancelling are as with `recordVoice`.
    public func transcribe(_ evidence: EvidenceId, onProgress: @escaping @Sendable (Float) -> Void = { _ in }) async throws -> VoiceDraft {
        try await cancellable { try await self.transcribe(id: evidence, progress: Tell(onProgress), cancel: $0) }
    }

    /// Exchanges records, then blobs. `onProgress` hears what still waits, on a thread of the core. Cancelling the task stops the
    /// exchange; whatever the server took before is taken note of.
    public func sync(
        _ blobs: BlobChoice = .all, onProgress: @escaping @Sendable (SyncSummary) -> Void = { _ in }
    ) async throws -> SyncReport {
        try await cancellable { try await self.sync(blobs: blobs, progress: Tell(onProgress), cancel: $0) }
    }
}

extension Drafting {
    /// Listens to a recording of a half-made touch and fills in what nobody has chosen; false when it was stopped. `onProgress` and
    /// cancelling are as with `recordVoice`.
    public func listen(_ recording: EvidenceId, onProgress: @escaping @Sendable (Float) -> Void = { _ in }) async throws -> Bool {
        try await cancellable { try await self.listen(recording: recording, progress: Tell(onProgress), cancel: $0) }
    }
}

/// Swift does not drop the work of a cancelled task by itself, so the token has to be told.
private func cancellable<T: Sendable>(_ work: @Sendable (CancelToken) async throws -> T) async throws -> T {
    try Task.checkCancellation()
    let token = CancelToken()
    return try await withTaskCancellationHandler {
        do {
            return try await work(token)
        } catch ChudaError.Cancelled where Task.isCancelled {
            throw CancellationError()
        }
    } onCancel: {
        token.cancel()
    }
}

/// A closure in the form of the core's callbacks.
private final class Tell<Value>: Sendable {
    private let tell: @Sendable (Value) -> Void

    init(_ tell: @escaping @Sendable (Value) -> Void) {
        self.tell = tell
    }
}

extension Tell: Listener where Value == HomeView {
    func changed(home: HomeView) {
        tell(home)
    }
}

extension Tell: TranscriptionProgress where Value == Float {
    func progressed(share: Float) {
        tell(share)
    }
}

extension Tell: SyncProgress where Value == SyncSummary {
    func progressed(summary: SyncSummary) {
        tell(summary)
    }
}
