#if canImport(UIKit)
    import AVFoundation
    import UIKit

    /// The camera as a reader of QR codes; a swipe down gives up.
    @MainActor
    final class CodeScanner: UIViewController, AVCaptureMetadataOutputObjectsDelegate {
        private let session = AVCaptureSession()
        private var preview: AVCaptureVideoPreviewLayer?
        private var answer: CheckedContinuation<String?, Never>?

        static func scan(on screen: UIViewController) async -> String? {
            let scanner = CodeScanner()
            let text = await withCheckedContinuation { (answer: CheckedContinuation<String?, Never>) in
                scanner.answer = answer
                screen.present(scanner, animated: true)
            }
            scanner.dismiss(animated: true)
            return text
        }

        override func viewDidLoad() {
            super.viewDidLoad()
            view.backgroundColor = .black
            let output = AVCaptureMetadataOutput()
            guard let camera = AVCaptureDevice.default(for: .video), let input = try? AVCaptureDeviceInput(device: camera),
                session.canAddInput(input), session.canAddOutput(output)
            else { return give(nil) }
            session.addInput(input)
            session.addOutput(output)
            output.setMetadataObjectsDelegate(self, queue: .main)
            output.metadataObjectTypes = [.qr]
            let preview = AVCaptureVideoPreviewLayer(session: session)
            preview.videoGravity = .resizeAspectFill
            view.layer.addSublayer(preview)
            self.preview = preview
        }

        override func viewDidLayoutSubviews() {
            super.viewDidLayoutSubviews()
            preview?.frame = view.bounds
        }

        override func viewWillAppear(_ animated: Bool) {
            super.viewWillAppear(animated)
            let session = session
            DispatchQueue.global(qos: .userInitiated).async { session.startRunning() }
        }

        override func viewDidDisappear(_ animated: Bool) {
            super.viewDidDisappear(animated)
            let session = session
            DispatchQueue.global(qos: .userInitiated).async { session.stopRunning() }
            give(nil)
        }

        nonisolated func metadataOutput(
            _ output: AVCaptureMetadataOutput, didOutput objects: [AVMetadataObject], from connection: AVCaptureConnection
        ) {
            let text = objects.lazy.compactMap { ($0 as? AVMetadataMachineReadableCodeObject)?.stringValue }.first
            MainActor.assumeIsolated {
                if let text { give(text) }
            }
        }

        private func give(_ text: String?) {
            answer?.resume(returning: text)
            answer = nil
        }
    }
#endif
