//! Quotes (T2): finance answers them.

use super::Workbench;
use crate::query::view::QuoteView;
use chuda_record::Task;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{RecordId, TouchId};
use chuda_words::keys;

impl Workbench {
    /// One quote, by its touch or by the task to approve it.
    pub fn quote(&self, id: RecordId) -> Result<QuoteView> {
        let touch = self.0.store.read(|tx| tx.record::<Task>(id))?.map_or(id, |task| task.record.source);
        self.0.ask(|ask| ask.quote(TouchId::from(touch)))
    }

    /// Approves a quote, or rejects it with a reason: does the task that asks for it.
    pub fn answer_quote(&self, id: RecordId, approve: bool, reason: Option<&str>) -> Result<QuoteView> {
        let quote = self.quote(id)?;
        let approval = quote.approval.ok_or_else(|| Error::invalid(keys::QUOTE_NOT_FILED))?;
        if !approval.mine {
            return Err(Error::new(ErrorKind::NotAllowed, keys::QUOTE_NOT_YOURS));
        }
        self.complete_task(approval.task, Some(if approve { "approve" } else { "reject" }), reason)?;
        self.quote(quote.id.into())
    }
}
