#if canImport(SwiftUI)
    import Chuda
    import ChudaModels
    import SwiftUI

    struct CustomersScreen: View {
        let model: CustomersModel
        @Environment(\.words) private var words

        var body: some View {
            let state = model.state
            Page {
                if state.adding == nil { Notices(model: model) }
                if !state.customers.isEmpty {
                    Panel {
                        ForEach(state.customers, id: \.id) { customer in CustomerLine(customer: customer) { model.open(customer.id) } }
                    }
                } else if state.loading {
                    ProgressView(words("do.loading")).frame(maxWidth: .infinity, minHeight: 240)
                } else if state.search.isEmpty {
                    Empty(title: words("customers.none"), hint: words("customers.none_hint"), image: "building.2")
                } else {
                    Empty(title: words("customers.not_found"), hint: words("customers.not_found_hint"), image: "magnifyingglass")
                }
            }
            .navigationTitle(words("customers.title"))
            .searchable(text: Binding(get: { model.state.search }, set: model.find), prompt: words("customers.find"))
            .toolbar {
                ToolbarItem(placement: .topBarTrailing) {
                    Button {
                        model.add(CustomerDraft(name: state.search))
                    } label: {
                        Label(words("customers.add"), systemImage: "plus")
                    }
                }
            }
            .sheet(isPresented: isAdding) { NewCustomer(model: model).environment(\.words, words) }
        }

        private var isAdding: Binding<Bool> {
            Binding(get: { model.state.adding != nil }, set: { if !$0 { model.add(nil) } })
        }
    }

    /// A customer in a list: where it stands, and its health with the sum.
    struct CustomerLine: View {
        let customer: CustomerView
        let open: () -> Void
        @Environment(\.words) private var words

        var body: some View {
            Line(title: customer.name, text: "\(words(customer.stage)) · \(customer.health.sum)", action: open) {
                if customer.health.red {
                    Tag(text: words("health.red"), image: "exclamationmark.triangle", tone: .bad)
                } else {
                    Tag(text: words("health.ok"), tone: .good)
                }
            }
        }
    }

    private struct NewCustomer: View {
        let model: CustomersModel
        @Environment(\.words) private var words

        var body: some View {
            Question(title: words("customers.new"), cancel: { model.add(nil) }) {
                Notices(model: model)
                field("customers.name", \.name).textContentType(.organizationName)
                field("field.contact", \.contact.orEmpty).textContentType(.name)
                field("customers.phone", \.phone.orEmpty).textContentType(.telephoneNumber).keyboardType(.phonePad)
                field("field.address", \.address.orEmpty).textContentType(.fullStreetAddress)
                field("field.model", \.model.orEmpty)
                MainButton(title: words("do.save"), action: model.save)
            }
        }

        private func field(_ label: String, _ path: WritableKeyPath<CustomerDraft, String>) -> some View {
            let text = Binding(
                get: { model.state.adding?[keyPath: path] ?? "" },
                set: { text in
                    guard var draft = model.state.adding else { return }
                    draft[keyPath: path] = text
                    model.add(draft)
                })
            return TextField(words(label), text: text)
                .padding(14)
                .background(Color.page, in: RoundedRectangle(cornerRadius: 12, style: .continuous))
        }
    }

    extension Optional<String> {
        /// What is typed into a field that may stay empty.
        var orEmpty: String {
            get { self ?? "" }
            set { self = newValue.isEmpty ? nil : newValue }
        }
    }
#endif
