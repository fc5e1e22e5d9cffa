//! What screens show beside records, decided once for every shell: sentences, formats, facts, the half-made touch, the line of the sync, the
//! report's button, what went wrong and what helps. Shells render it and pass events on.

mod draft;
mod facts;
mod failure;
mod filing;
mod format;
mod pages;
mod slots;
mod sync_line;

pub use chuda_words::Lang;
pub use draft::{DraftEvent, DraftView, Piece, Sureness};
pub(crate) use draft::{Drafted, Heard};
pub use facts::Fact;
pub use failure::{Failure, Remedy};
pub use filing::{Filing, FilingQuestion};
pub(crate) use filing::{UNDO_SECONDS, another, filing, question};
pub use format::Format;
pub use pages::{CustomerPage, TouchDay};
pub(crate) use slots::OFFERED;
pub use slots::{ChoiceView, InputKind, InputView, SlotView};
pub use sync_line::{Network, Standing, SyncLine, blobs_over, blobs_wait};
