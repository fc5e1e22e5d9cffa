//! Events that other systems can be told of, by their names.

chuda_record::words! {
    /// Something that happened to a record.
    pub enum Event {
        /// A customer was entered.
        CustomerCreated = "customer.created",
        /// A touch was recorded; its evidence may still be missing.
        TouchRecorded = "touch.recorded",
        /// A daily report was filed, for the first time or after it was taken back.
        ReportFiled = "report.filed",
        /// A task came up for somebody.
        TaskCreated = "task.created",
        /// A task was done.
        TaskDone = "task.done",
        /// A contract is reviewed and sealed: it is to be signed (B3).
        ContractReady = "contract.ready",
        /// A contract was signed.
        ContractSigned = "contract.signed",
    }
}
