//! Events that other systems can be told of, by their names.

/// Something that happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A customer was entered.
    CustomerCreated,
    /// A touch was recorded; its evidence may still be missing.
    TouchRecorded,
    /// A daily report was filed, for the first time or after it was taken back.
    ReportFiled,
    /// A task came up for somebody.
    TaskCreated,
    /// A task was done.
    TaskDone,
    /// A contract is reviewed and sealed: it is to be signed (B3).
    ContractReady,
    /// A contract was signed.
    ContractSigned,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 7] = [
        Self::CustomerCreated,
        Self::TouchRecorded,
        Self::ReportFiled,
        Self::TaskCreated,
        Self::TaskDone,
        Self::ContractReady,
        Self::ContractSigned,
    ];

    /// Its name, as receivers see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CustomerCreated => "customer.created",
            Self::TouchRecorded => "touch.recorded",
            Self::ReportFiled => "report.filed",
            Self::TaskCreated => "task.created",
            Self::TaskDone => "task.done",
            Self::ContractReady => "contract.ready",
            Self::ContractSigned => "contract.signed",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }
}
