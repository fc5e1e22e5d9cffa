//! A person can be forgotten: texts and bytes go for good, and a sign of each stays (PIPL 47).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chuda_record::id::{CustomerId, Hash, RecordId};
use chuda_record::{Error, Fields, Kind, Result, Scalar, fields};
use chuda_words::keys;
use serde::Serialize;

use super::Admin;
use crate::audit::By;
use crate::blobs::Blobs;
use crate::reactions;
use crate::server::BLOBS;
use crate::store::Tx;

/// Most mentions that are listed.
const MAX_MENTIONS: usize = 1_000;
/// Shortest text that is looked for in other records, in characters: a shorter one stands everywhere.
const SHORTEST: usize = 2;

/// Who is to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgotten {
    /// A contact person of a customer.
    Contact,
    /// One of the team, who has left.
    Employee,
    /// A customer, with the contact persons there.
    Customer,
}

impl Forgotten {
    fn kind(self) -> Kind {
        match self {
            Self::Contact => Kind::Contact,
            Self::Employee => Kind::Person,
            Self::Customer => Kind::Customer,
        }
    }
}

/// What is erased, or would be, and what is left to decide.
#[derive(Clone, Debug, Serialize)]
pub struct Erasure {
    /// Records whose texts go.
    pub records: Vec<RecordId>,
    /// How many changes were erased.
    pub changes: usize,
    /// Files whose bytes go.
    pub files: Vec<String>,
    /// Other records that say the name or the number, each with the field: to be erased with `--also`, or kept.
    pub mentions: Vec<Mention>,
}

/// A record that mentions somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// Which record.
    pub record: RecordId,
    /// What it is.
    pub kind: Kind,
    /// In which field.
    pub field: String,
}

impl Admin {
    /// Says what would go if somebody were forgotten, and which other records mention them. `also` are records to be erased with it.
    pub fn erasure(&self, who: Forgotten, id: RecordId, also: &[RecordId]) -> Result<Erasure> {
        self.0.read(|tx| plan(tx, who, id, also))
    }

    /// Forgets somebody: texts and bytes go from the database, the blobs and every phone that syncs; what is left says so. Done again, it
    /// finishes what was interrupted.
    pub async fn erase(
        &self,
        who: Forgotten,
        id: RecordId,
        also: &[RecordId],
        blobs: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Erasure> {
        let blobs = Blobs::open(blobs, &self.1.join(BLOBS))?;
        let (erasure, pieces, gone) = self.0.write(|tx| {
            let mut erasure = plan(tx, who, id, also)?;
            let mut ingest = reactions::begin(tx, now)?;
            let mut pieces = Vec::new();
            for hash in files(tx, &erasure.records)? {
                pieces.extend(tx.bury_blob(hash)?);
            }
            for record in &erasure.records {
                erasure.changes += ingest.erase(&By::admin(), *record)?.unwrap_or_default();
            }
            ingest.finish()?;
            Ok((erasure, pieces, tx.erased_blobs()?))
        })?;
        blobs.remove(pieces).await?;
        for hash in gone {
            blobs.erase(hash).await?;
        }
        self.0.rewrite()?;
        Ok(erasure)
    }
}

fn plan(tx: &Tx<'_>, who: Forgotten, id: RecordId, also: &[RecordId]) -> Result<Erasure> {
    let not_found = || Error::not_found(keys::ERASE_NOT_FOUND);
    let root = tx.document(id)?.filter(|document| document.kind == who.kind()).ok_or_else(not_found)?;
    if who == Forgotten::Employee && root.fields.get("left") != Some(&Scalar::Bool(true)) {
        return Err(Error::invalid(keys::ERASE_PRESENT));
    }
    let mut records = vec![id];
    let mut texts = said(&root.fields);
    if who == Forgotten::Customer {
        for contact in tx.of_customer(CustomerId::from(id), Kind::Contact)? {
            texts.extend(said(&contact.fields));
            records.push(contact.id);
        }
    }
    for record in also {
        let document = tx.document(*record)?.ok_or_else(not_found)?;
        // What everybody works by is no text about somebody; somebody else is forgotten on their own account.
        if matches!(document.kind, Kind::Release | Kind::Person | Kind::Customer) {
            return Err(Error::invalid(keys::ERASE_ALSO));
        }
        if !records.contains(record) {
            records.push(*record);
        }
    }
    let files = files(tx, &records)?.iter().map(Hash::to_string).collect();
    Ok(Erasure { mentions: mentions(tx, &texts, &records)?, records, changes: 0, files })
}

/// What somebody is named by.
fn said(fields: &Fields) -> BTreeSet<String> {
    let named = ["name", "short", "phone"].into_iter().filter_map(|field| fields::text(fields, field));
    named.map(str::trim).filter(|text| text.chars().count() >= SHORTEST).map(str::to_owned).collect()
}

/// The bytes of these records that no other record stands for.
fn files(tx: &Tx<'_>, records: &[RecordId]) -> Result<BTreeSet<Hash>> {
    let mut files = BTreeSet::new();
    for record in records {
        let Some(document) = tx.document(*record)? else { continue };
        let Some(hash) = document.kind.blob_of(&document.fields) else { continue };
        if tx.evidence_of_blob(hash)?.iter().all(|other| records.contains(&other.id)) {
            files.insert(hash);
        }
    }
    Ok(files)
}

fn mentions(tx: &Tx<'_>, texts: &BTreeSet<String>, erased: &[RecordId]) -> Result<Vec<Mention>> {
    let mut mentions = Vec::new();
    for text in texts {
        for (record, kind, fields) in tx.documents_saying(text, MAX_MENTIONS)? {
            let says = |value: &Scalar| value.as_text().is_some_and(|value| value.contains(text.as_str()));
            for (field, _) in fields.iter().filter(|(_, value)| says(value)) {
                let mention = Mention { record, kind, field: field.clone() };
                if !erased.contains(&record) && !mentions.contains(&mention) && mentions.len() < MAX_MENTIONS {
                    mentions.push(mention);
                }
            }
        }
    }
    Ok(mentions)
}
