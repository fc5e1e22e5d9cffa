//! Erasing: all changes of a record give way to one that says what is left of it without a text.

use std::collections::BTreeMap;

use chuda_evidence::audit::About;
use chuda_record::doc::Doc;
use chuda_record::id::RecordId;
use chuda_record::table::Type;
use chuda_record::{Actor, Error, Fields, KIND_FIELD, Kind, Result, Scalar};

use super::Ingest;
use super::commit::Commit;
use crate::audit::{self, Act, By, Verb};
use crate::store::{ERASED, InboxRow};

impl Ingest<'_> {
    /// Takes the texts of a record out of everything that is kept, and says how many changes went; none: there are none.
    pub(crate) fn erase(&mut self, by: &By, document: RecordId) -> Result<Option<usize>> {
        let Some(stored) = self.tx.document(document)? else { return Ok(None) };
        let fields = without_texts(stored.kind, document, &stored.fields);
        if fields == stored.fields {
            return Ok(None);
        }
        let hashes = self.tx.bury(document, self.now)?;
        for hash in &hashes {
            audit::log(self.tx, self.now, by, Act::new(Verb::Erased).on(document, stored.kind).about(About::Change(*hash)))?;
        }
        // Whoever has a copy drops it, whether they may still read the record or not.
        for person in &*self.with_device.clone() {
            self.send(*person, [InboxRow { document, change: Some(ERASED), origin: None }]);
        }
        // Under an actor that has written nothing of what was there before.
        let incarnation = u32::try_from(self.now.timestamp()).unwrap_or(u32::MAX);
        let actor = Actor { device: self.own.device, incarnation };
        let fault = |error: &dyn std::fmt::Display| Error::internal("document.erase", error);
        let change = Doc::new().write(actor, self.now, &fields).map_err(|error| fault(&error))?;
        let changes = change.as_slice();
        self.commit(&Commit {
            document,
            kind: stored.kind,
            before: Some(&stored),
            fields: &fields,
            conflicts: &BTreeMap::new(),
            changes,
            sender: None,
            by,
        })?;
        Ok(Some(hashes.len()))
    }
}

/// Texts that are words of a format, not anybody's.
const FORMATS: &[&str] = &["zone", "day", "device", "sha256", "claim", "mime", "source", "consent", "unreadable", "rule", "intent"];

/// What is left of a record: links, options, numbers and times. A text without which it would be no record gives way to a sign.
fn without_texts(kind: Kind, document: RecordId, fields: &Fields) -> Fields {
    let id = document.to_string();
    let sign = Scalar::Text(format!("\u{2014}{}", &id[id.len() - 6..]));
    let is_text = |key: &str, value: &Scalar| {
        let holds_text = matches!(kind.type_of(key), None | Some(Type::Text | Type::Members));
        holds_text && matches!(value, Scalar::Text(_)) && !FORMATS.contains(&key) && key != KIND_FIELD
    };
    let mut left: Fields = fields.clone();
    // Nobody says any more that the bytes are there.
    left.retain(|key, value| *value != Scalar::Null && key != "stored_at");
    for key in fields.iter().filter(|(key, value)| is_text(key, value)).map(|(key, _)| key) {
        left.remove(key);
        if kind.check(&left).is_err() {
            left.insert(key.clone(), sign.clone());
        }
    }
    left
}
