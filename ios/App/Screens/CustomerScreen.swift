#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct CustomerScreen: View {
        let model: CustomerModel
        @Environment(\.words) private var words

        var body: some View {
            Page {
                Notices(model: model)
                if let page = model.state.page {
                    Panel { head(page.customer) }
                    if !page.briefs.isEmpty {
                        section("slot.brief")
                        Panel {
                            ForEach(page.briefs, id: \.day) { brief in
                                LabelledFact(label: words.day(brief.day), value: words(brief.brief))
                            }
                        }
                    }
                    section("customer.timeline")
                    if page.timeline.isEmpty {
                        Text(words("customer.no_touches")).font(.subheadline).foregroundStyle(Color.quiet)
                    } else {
                        Panel {
                            ForEach(page.timeline, id: \.id) { touch in
                                Line(
                                    title: "\(words(touch.mode)) · \(words(touch.action))", text: words.moment(touch.at),
                                    action: { model.open(touch.id) }
                                ) {
                                    if touch.status == .draft { Tag(text: words(touch.status), tone: .doubt) }
                                }
                            }
                        }
                    }
                    if !page.documents.isEmpty {
                        section("customer.documents")
                        Panel {
                            ForEach(page.documents, id: \.id) { document in
                                Line(
                                    title: words.kind(document), text: words.moment(document.capturedAt), image: document.image,
                                    action: { model.openEvidence(document.id) })
                            }
                        }
                    }
                } else if model.state.loading {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                }
            }
            .navigationTitle(model.state.page?.customer.name ?? "")
            .navigationBarTitleDisplayMode(.inline)
            .safeAreaInset(edge: .bottom) {
                MainButton(title: words("customer.touch"), image: "plus", action: model.touch).padding(12).background(.bar)
            }
        }

        private func section(_ title: String) -> some View {
            Text(words(title)).font(.headline).padding(.top, 8).accessibilityAddTraits(.isHeader)
        }

        @ViewBuilder
        private func head(_ customer: CustomerView) -> some View {
            HStack {
                Text(words("customer.health")).font(.headline)
                Spacer()
                Tag(
                    text: words(customer.health.red ? "health.red" : "health.ok"),
                    image: customer.health.red ? "exclamationmark.triangle" : "checkmark", tone: customer.health.red ? .bad : .good)
            }
            Text(customer.health.sum).font(.title3.monospacedDigit())
            Text(
                words(
                    "customer.health_parts",
                    [
                        "touches": customer.health.parts.touches, "evidence": customer.health.parts.evidence,
                        "days": customer.health.parts.overdueDays,
                    ])
            )
            .font(.footnote)
            .foregroundStyle(Color.quiet)
            if !customer.conflicts.isEmpty { Tag(text: words("customer.conflict"), image: "person.2", tone: .doubt) }
            Divider()
            Facts(facts: words.facts(customer))
        }
    }
#endif
