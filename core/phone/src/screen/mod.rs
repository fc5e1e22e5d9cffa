//! What screens show beside records, decided once for every shell: sentences, formats, the half-made touch, the line of the sync, the report's
//! button. Shells render it and pass events on.

mod draft;
mod filing;
mod format;
mod slots;
mod sync_line;

pub use chuda_words::Lang;
pub use draft::{DraftEvent, DraftView, Piece, Problem, Sureness};
pub(crate) use draft::{Drafted, Heard};
pub use filing::{Filing, FilingQuestion};
pub(crate) use filing::{UNDO_SECONDS, another, filing, question};
pub use format::Format;
pub(crate) use slots::OFFERED;
pub use slots::{ChoiceView, InputKind, InputView, SlotView};
pub use sync_line::{Standing, SyncLine};
