#if canImport(UIKit)
    import Chuda
    import ChudaModels
    import PhotosUI
    import UIKit
    import UniformTypeIdentifiers

    /// The system's camera, for one picture.
    @MainActor
    final class CameraSheet: NSObject, UIImagePickerControllerDelegate, UINavigationControllerDelegate {
        private var answer: CheckedContinuation<UIImage?, Never>?

        static func photo(on screen: UIViewController, to file: URL) async throws -> Captured? {
            let sheet = CameraSheet()
            // A picker does not hold on to its delegate.
            defer { withExtendedLifetime(sheet) {} }
            let picker = UIImagePickerController()
            picker.sourceType = .camera
            picker.cameraCaptureMode = .photo
            picker.delegate = sheet
            let image = await withCheckedContinuation { (answer: CheckedContinuation<UIImage?, Never>) in
                sheet.answer = answer
                screen.present(picker, animated: true)
            }
            picker.dismiss(animated: true)
            guard let image else { return nil }
            return try await Task.detached {
                // The picture as the camera made it exists in memory only; what is written here is the original that is claimed.
                guard let bytes = image.jpegData(compressionQuality: 0.92) else { throw CocoaError(.fileWriteUnknown) }
                try bytes.write(to: file, options: [.atomic, .completeFileProtectionUntilFirstUserAuthentication])
                return Captured(path: file.path, source: .camera)
            }.value
        }

        func imagePickerController(
            _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
        ) {
            give(info[.originalImage] as? UIImage)
        }

        func imagePickerControllerDidCancel(_ picker: UIImagePickerController) {
            give(nil)
        }

        private func give(_ image: UIImage?) {
            answer?.resume(returning: image)
            answer = nil
        }
    }

    /// A picture from the library or a document from elsewhere.
    @MainActor
    final class FileSheet: NSObject, PHPickerViewControllerDelegate, UIDocumentPickerDelegate, UIAdaptivePresentationControllerDelegate {
        private enum Way { case library, documents }

        private var answer: CheckedContinuation<URL?, Error>?
        private let file: @Sendable (String) -> URL

        private init(file: @escaping @Sendable (String) -> URL) {
            self.file = file
        }

        static func pick(
            on screen: UIViewController, language: String, to file: @escaping @Sendable (String) -> URL
        ) async throws -> Captured? {
            guard let way = await way(on: screen, Words(language)) else { return nil }
            let sheet = FileSheet(file: file)
            defer { withExtendedLifetime(sheet) {} }
            let picked = try await withCheckedThrowingContinuation { (answer: CheckedContinuation<URL?, Error>) in
                sheet.answer = answer
                switch way {
                case .library:
                    var configuration = PHPickerConfiguration()
                    configuration.filter = .images
                    configuration.preferredAssetRepresentationMode = .current
                    let picker = PHPickerViewController(configuration: configuration)
                    picker.delegate = sheet
                    sheet.present(picker, on: screen)
                case .documents:
                    let picker = UIDocumentPickerViewController(forOpeningContentTypes: [.pdf, .image, .audio, .data], asCopy: true)
                    picker.delegate = sheet
                    sheet.present(picker, on: screen)
                }
            }
            guard let picked else { return nil }
            return Captured(
                path: picked.path, source: way == .library ? .gallery : .file, rendition: try await rendition(of: picked)?.path)
        }

        private static func way(on screen: UIViewController, _ words: Words) async -> Way? {
            await withCheckedContinuation { answer in
                let question = UIAlertController(title: nil, message: nil, preferredStyle: .actionSheet)
                let choose = { (title: String, way: Way?, style: UIAlertAction.Style) in
                    question.addAction(UIAlertAction(title: title, style: style) { _ in answer.resume(returning: way) })
                }
                choose(words("source.gallery"), .library, .default)
                choose(words("source.file"), .documents, .default)
                choose(words("do.cancel"), nil, .cancel)
                question.popoverPresentationController?.sourceView = screen.view
                screen.present(question, animated: true)
            }
        }

        /// HEIC is kept as it is, with a JPEG beside it for those who can't show it.
        private static func rendition(of file: URL) async throws -> URL? {
            guard let type = UTType(filenameExtension: file.pathExtension), type.conforms(to: .heic) || type.conforms(to: .heif) else {
                return nil
            }
            return try await Task.detached {
                guard let image = UIImage(contentsOfFile: file.path) else { return nil }
                let scale = min(1, 2048 / max(image.size.width, image.size.height))
                let size = CGSize(width: image.size.width * scale, height: image.size.height * scale)
                guard let bytes = await image.byPreparingThumbnail(ofSize: size)?.jpegData(compressionQuality: 0.8) else { return nil }
                try bytes.write(to: file.rendition, options: .atomic)
                return file.rendition
            }.value
        }

        func picker(_ picker: PHPickerViewController, didFinishPicking results: [PHPickerResult]) {
            picker.dismiss(animated: true)
            guard let provider = results.first?.itemProvider else { return give(.success(nil)) }
            let file = file
            provider.loadFileRepresentation(forTypeIdentifier: UTType.image.identifier) { url, error in
                let copied = Result<URL?, Error> {
                    guard let url else { throw error ?? CocoaError(.fileReadUnknown) }
                    // The system's own copy goes when this closure ends.
                    let copy = file("gallery-\(url.lastPathComponent)")
                    try FileManager.default.copyItem(at: url, to: copy)
                    return copy
                }
                Task { @MainActor in self.give(copied) }
            }
        }

        func documentPicker(_ controller: UIDocumentPickerViewController, didPickDocumentsAt urls: [URL]) {
            give(
                Result {
                    guard let url = urls.first else { return nil }
                    let copy = file(url.lastPathComponent)
                    try FileManager.default.moveItem(at: url, to: copy)
                    return copy
                })
        }

        func documentPickerWasCancelled(_ controller: UIDocumentPickerViewController) {
            give(.success(nil))
        }

        private func present(_ picker: UIViewController, on screen: UIViewController) {
            screen.present(picker, animated: true)
            picker.presentationController?.delegate = self
        }

        /// Pulled down, it answers nothing itself.
        func presentationControllerDidDismiss(_ presentationController: UIPresentationController) {
            give(.success(nil))
        }

        private func give(_ picked: Result<URL?, Error>) {
            answer?.resume(with: picked)
            answer = nil
        }
    }
#endif
