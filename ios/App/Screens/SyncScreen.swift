#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct SyncScreen: View {
        let model: SyncModel
        @Environment(\.words) private var words

        var body: some View {
            Page {
                Notices(model: model)
                if let status = model.state.status {
                    Panel { head(status.summary) }
                    if status.items.isEmpty {
                        Empty(title: words("sync.nothing"), hint: words("sync.nothing_hint"), image: "checkmark.icloud")
                    } else {
                        Panel { ForEach(status.items, id: \.id) { item($0) } }
                    }
                } else if model.state.failure == nil {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                }
            }
            .navigationTitle(words("sync.title"))
            .navigationBarTitleDisplayMode(.inline)
        }

        @ViewBuilder
        private func head(_ summary: SyncSummary) -> some View {
            Text(summary.line.text).font(.headline)
            Text(words.lastSync(summary)).font(.footnote).foregroundStyle(Color.quiet)
            if model.state.waitsForWifi { Text(words("sync.waits_for_wifi")).font(.subheadline) }
            if let report = model.state.lastReport {
                Text(
                    words(
                        "sync.report",
                        ["pushed": report.pushed, "pulled": report.pulled, "sent": report.blobs.sent, "left": report.blobs.left])
                )
                .font(.footnote)
                .foregroundStyle(Color.quiet)
            }
            if !summary.enrolled {
                SoftButton(title: words("me.join"), image: "person.badge.plus", action: model.join)
            } else if model.state.syncing {
                if summary.bytesWaiting > 0 { ProgressView(value: Double(summary.percent), total: 100) }
                SoftButton(title: words("sync.stop"), image: "stop.fill", action: model.stop)
            } else {
                MainButton(title: words("sync.now"), image: "arrow.triangle.2.circlepath", action: model.sync)
            }
        }

        private func item(_ item: StatusItem) -> some View {
            Line(title: item.title.isEmpty ? words("kind.\(item.kind)") : item.title, text: words(item.state), image: image(item.state)) {
                if case .failed = item.state {
                    Button(words("sync.redo")) { model.redo(item.id) }.frame(minWidth: 48, minHeight: 48)
                }
            }
        }

        private func image(_ state: ItemState) -> String {
            switch state {
            case .savedHere: "iphone"
            case .waiting: "icloud.and.arrow.up"
            case .uploading: "arrow.up.circle"
            case .verified: "checkmark.icloud"
            case .failed: "exclamationmark.icloud"
            case .conflict: "person.2"
            }
        }
    }
#endif
