//! A record's document: the only file that knows Automerge.
//!
//! A document is a flat map of [`Fields`]. Its history is a list of changes, each content-addressed by SHA-256; the stored form
//! of a document is its changes, in an order in which they can be applied.

mod size;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ChangeHash, ExpandedChange, ROOT, ReadDoc, ScalarValue};
use chrono::{DateTime, Utc};

use crate::fields::{Fields, Scalar};
use crate::id::{DeviceId, Hash};
use crate::time::from_millis;

/// Largest change that is accepted, in bytes.
pub const MAX_CHANGE_BYTES: usize = 256 * 1024;
/// Most fields one change may write.
pub const MAX_CHANGE_FIELDS: usize = 2_000;
/// Most changes one document may have.
pub const MAX_DOCUMENT_CHANGES: usize = 10_000;
/// Most earlier writes that those of one change may take the place of: each of its fields may be one that many wrote at once.
const MAX_PREDECESSORS: usize = 2 * MAX_DOCUMENT_CHANGES;

/// Who writes: one incarnation of one installation.
///
/// A reinstall, a restored backup and the redo of a rejected change each need a new incarnation: the same actor must never
/// number two different changes alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Actor {
    /// The installation.
    pub device: DeviceId,
    /// Counts up whenever the device may have lost track of what it wrote.
    pub incarnation: u32,
}

impl Actor {
    fn to_automerge(self) -> ActorId {
        let mut bytes = self.device.as_bytes().to_vec();
        bytes.extend(self.incarnation.to_be_bytes());
        ActorId::from(bytes)
    }

    fn from_automerge(id: &ActorId) -> Option<Self> {
        let (device, incarnation) = id.to_bytes().split_at_checked(16)?;
        Some(Self { device: DeviceId::from_slice(device)?, incarnation: u32::from_be_bytes(incarnation.try_into().ok()?) })
    }
}

/// Why bytes are not a usable change or document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocError {
    /// Not a change, or one that writes something other than plain fields.
    #[error("not a change of a record")]
    Malformed,
    /// Over [`MAX_CHANGE_BYTES`] or [`MAX_CHANGE_FIELDS`].
    #[error("change too large")]
    TooLarge,
    /// A change that this one builds on is not there.
    #[error("an earlier change is missing")]
    MissingDependency,
    /// The actor has already used this number for another change.
    #[error("actor and sequence number used twice")]
    ReusedSequence,
}

/// One change, checked and taken apart.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its id: the SHA-256 of its content.
    pub hash: Hash,
    /// Who wrote it.
    pub actor: Actor,
    /// Number among the actor's changes to this document, from 1.
    pub seq: u64,
    /// The changes it was made on top of.
    pub deps: Vec<Hash>,
    /// When it was made, by the writer's clock.
    pub at: DateTime<Utc>,
    /// The fields it writes.
    pub writes: Fields,
    whole: bool,
    inner: automerge::Change,
}

impl Change {
    /// Parses and checks a change that came from outside.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocError> {
        if bytes.len() > MAX_CHANGE_BYTES {
            return Err(DocError::TooLarge);
        }
        let size = size::of(bytes).ok_or(DocError::Malformed)?;
        if size.operations > MAX_CHANGE_FIELDS as u64 || size.predecessors > MAX_PREDECESSORS as u64 {
            return Err(DocError::TooLarge);
        }
        // Automerge's decoder has panicking paths on hostile input.
        let parsed = catch_unwind(|| {
            let change = automerge::Change::try_from(bytes).ok()?;
            let expanded = change.decode();
            Some((change, expanded))
        });
        let (inner, expanded) = parsed.ok().flatten().ok_or(DocError::Malformed)?;
        // A change has one form only: uncompressed, with the checksum that its hash begins with.
        if bytes.get(4..8) != Some(&inner.hash().0[..4]) {
            return Err(DocError::Malformed);
        }
        Self::new(inner, &expanded)
    }

    /// Whether it writes fields again and again: whoever settles a conflict writes one twice, nobody more often.
    pub fn repeats_itself(&self) -> bool {
        self.inner.len() > 2 * self.writes.len()
    }

    /// The bytes that are stored and sent.
    pub fn bytes(&self) -> &[u8] {
        self.inner.raw_bytes()
    }

    /// Whether it makes a document all by itself: a document of this change alone has exactly [`Self::writes`] as its fields and
    /// no conflicts. Most records are never changed after that, and a receiver need not build the document to know it.
    pub fn is_whole_document(&self) -> bool {
        self.whole
    }

    fn new(inner: automerge::Change, expanded: &ExpandedChange) -> Result<Self, DocError> {
        if expanded.operations.len() > MAX_CHANGE_FIELDS {
            return Err(DocError::TooLarge);
        }
        Ok(Self {
            hash: Hash(inner.hash().0),
            actor: Actor::from_automerge(inner.actor_id()).ok_or(DocError::Malformed)?,
            seq: inner.seq(),
            deps: inner.deps().iter().map(|hash| Hash(hash.0)).collect(),
            at: from_millis(inner.timestamp()),
            writes: writes(expanded).ok_or(DocError::Malformed)?,
            whole: is_whole_document(expanded),
            inner,
        })
    }
}

/// What it takes to decode a change: itself and each field that it writes. Nothing is decoded to know it; what is too large is not decoded.
pub fn weight(bytes: &[u8]) -> usize {
    let fields = size::of(bytes).and_then(|size| usize::try_from(size.operations).ok());
    1 + fields.filter(|fields| *fields <= MAX_CHANGE_FIELDS).unwrap_or(0)
}

/// What a document's changes come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The fields; where two writers disagree, the one that wins everywhere.
    pub fields: Fields,
    /// Fields that were written concurrently with different values, with all their values.
    pub conflicts: BTreeMap<String, Vec<Scalar>>,
}

impl State {
    /// Of all changes of a document, in any order.
    pub fn of(mut changes: Vec<Change>) -> Result<Self, DocError> {
        if let [only] = &mut changes[..]
            && only.is_whole_document()
        {
            return Ok(Self { fields: std::mem::take(&mut only.writes), conflicts: BTreeMap::new() });
        }
        let mut doc = Doc::new();
        doc.apply(changes)?;
        Ok(doc.state())
    }
}

/// A document in memory.
pub struct Doc(AutoCommit);

impl Doc {
    /// An empty document.
    pub fn new() -> Self {
        Self(AutoCommit::new())
    }

    /// Builds a document from its stored changes.
    pub fn load<'a>(changes: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, DocError> {
        let changes: Result<Vec<Change>, DocError> = changes.into_iter().map(Change::parse).collect();
        let mut doc = Self::new();
        doc.apply(changes?)?;
        Ok(doc)
    }

    /// Adds changes; those already there are ignored. On an error the document is unusable.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>) -> Result<(), DocError> {
        let changes: Vec<automerge::Change> = changes.into_iter().map(|change| change.inner).collect();
        let hashes: Vec<ChangeHash> = changes.iter().map(automerge::Change::hash).collect();
        let applied = catch_unwind(AssertUnwindSafe(|| self.0.apply_changes(changes)));
        match applied {
            Ok(Ok(())) if self.0.get_missing_deps(&hashes).is_empty() => Ok(()),
            Ok(Ok(())) => Err(DocError::MissingDependency),
            Ok(Err(automerge::AutomergeError::DuplicateSeqNumber(..))) => Err(DocError::ReusedSequence),
            Ok(Err(_)) | Err(_) => Err(DocError::Malformed),
        }
    }

    /// Writes fields and returns the change, or `None` when nothing differs.
    pub fn write(&mut self, actor: Actor, at: DateTime<Utc>, fields: &Fields) -> Result<Option<Change>, DocError> {
        let current = self.fields();
        let conflicted = self.conflicts();
        self.0.set_actor(actor.to_automerge());
        let mut any = false;
        for (key, value) in fields {
            // Writing a conflicted field settles it, also when the winner is kept.
            if current.get(key) == Some(value) && !conflicted.contains_key(key) {
                continue;
            }
            if let Some(values) = conflicted.get(key) {
                // Automerge settles towards a value that is there already by deleting the others, and a record's change deletes
                // nothing: a value that nobody wrote comes in between.
                let unused =
                    (0..=values.len() as i64).map(Scalar::Int).find(|unused| !values.contains(unused)).unwrap_or(Scalar::Null);
                self.0.put(ROOT, key.as_str(), to_automerge(&unused)).map_err(|_| DocError::Malformed)?;
            }
            self.0.put(ROOT, key.as_str(), to_automerge(value)).map_err(|_| DocError::Malformed)?;
            any = true;
        }
        if !any {
            return Ok(None);
        }
        self.0.commit_with(CommitOptions::default().with_time(at.timestamp_millis()));
        let inner = self.0.get_last_local_change().ok_or(DocError::Malformed)?;
        let expanded = inner.decode();
        Change::new(inner, &expanded).map(Some)
    }

    /// Fields and conflicts as they are now.
    pub fn state(&self) -> State {
        State { fields: self.fields(), conflicts: self.conflicts() }
    }

    /// The current fields; where two writers disagree, the one that wins everywhere.
    pub fn fields(&self) -> Fields {
        self.0
            .map_range(ROOT, ..)
            .filter_map(|item| {
                let automerge::ValueRef::Scalar(value) = item.value else { return None };
                Some((item.key.to_string(), from_automerge(&ScalarValue::from(value))?))
            })
            .collect()
    }

    /// Fields that were written concurrently with different values, with all their values: conflicts are shown, never silent.
    pub fn conflicts(&self) -> BTreeMap<String, Vec<Scalar>> {
        self.0
            .map_range(ROOT, ..)
            .filter(|item| item.conflict)
            .filter_map(|item| {
                let key = item.key.to_string();
                let all = self.0.get_all(ROOT, key.as_str()).ok()?;
                let mut values: Vec<Scalar> =
                    all.iter().filter_map(|(value, _)| value.as_scalar().and_then(from_automerge)).collect();
                values.sort();
                values.dedup();
                (values.len() > 1).then_some((key, values))
            })
            .collect()
    }

    /// Every change, oldest first: who wrote what and when.
    pub fn history(&mut self) -> Vec<Change> {
        self.0
            .get_changes(&[])
            .into_iter()
            .filter_map(|inner| {
                let expanded = inner.decode();
                Change::new(inner, &expanded).ok()
            })
            .collect()
    }
}

impl Default for Doc {
    fn default() -> Self {
        Self::new()
    }
}

fn writes(change: &ExpandedChange) -> Option<Fields> {
    let mut last = BTreeMap::new();
    for op in &change.operations {
        let (automerge::legacy::ObjectId::Root, automerge::legacy::Key::Map(key)) = (&op.obj, &op.key) else { return None };
        let automerge::legacy::OpType::Put(value) = &op.action else { return None };
        last.insert(key.as_str(), value);
    }
    last.into_iter().map(|(key, value)| Some((key.to_owned(), from_automerge(value)?))).collect()
}

/// Only the plain form that [`Doc::write`] gives counts; anything odd has to go through Automerge itself.
fn is_whole_document(change: &ExpandedChange) -> bool {
    fn key(op: &automerge::legacy::Op) -> &str {
        match &op.key {
            automerge::legacy::Key::Map(key) => key.as_str(),
            automerge::legacy::Key::Seq(_) => "",
        }
    }
    let plain = |op: &automerge::legacy::Op| op.pred.is_empty() && !op.insert;
    change.seq == 1
        && change.start_op.get() == 1
        && change.deps.is_empty()
        && change.message.is_none()
        && change.author.is_none()
        && change.extra_bytes.is_empty()
        && change.operations.iter().all(plain)
        && change.operations.first().is_none_or(|op| !key(op).is_empty())
        && change.operations.is_sorted_by(|a, b| key(a) < key(b))
}

fn to_automerge(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Null => ScalarValue::Null,
        Scalar::Bool(value) => ScalarValue::Boolean(*value),
        Scalar::Int(value) => ScalarValue::Int(*value),
        Scalar::Text(text) => ScalarValue::Str(text.as_str().into()),
    }
}

fn from_automerge(value: &ScalarValue) -> Option<Scalar> {
    match value {
        ScalarValue::Null => Some(Scalar::Null),
        ScalarValue::Boolean(value) => Some(Scalar::Bool(*value)),
        ScalarValue::Int(value) => Some(Scalar::Int(*value)),
        ScalarValue::Str(text) => Some(Scalar::Text(text.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_fields() -> impl Strategy<Value = Fields> {
        let value = prop_oneof![
            Just(Scalar::Null),
            any::<bool>().prop_map(Scalar::Bool),
            any::<i64>().prop_map(Scalar::Int),
            ".{0,6}".prop_map(Scalar::Text)
        ];
        proptest::collection::btree_map("[a-c]{1,2}(/[a-c])?", value, 1..8)
    }

    proptest! {
        #[test]
        fn a_first_change_is_the_whole_document_and_a_later_one_is_not(first in any_fields(), second in any_fields()) {
            let actor = Actor { device: DeviceId::derived("device"), incarnation: 0 };
            let at = from_millis(1);
            let mut doc = Doc::new();
            let created = doc.write(actor, at, &first).unwrap().unwrap();
            prop_assert!(created.is_whole_document());
            let parsed = Change::parse(created.bytes()).unwrap();
            prop_assert!(parsed.is_whole_document());
            let loaded = Doc::load([created.bytes()]).unwrap();
            prop_assert_eq!(&loaded.fields(), &parsed.writes);
            prop_assert!(loaded.conflicts().is_empty());
            prop_assert_eq!(parsed.bytes(), created.bytes());
            prop_assert_eq!(State::of(vec![parsed]).unwrap(), loaded.state());
            if let Some(later) = doc.write(actor, at, &second).unwrap() {
                prop_assert!(!later.is_whole_document());
            }
            // The same fields by another device, on top of nothing, are a whole document too: together they are not.
            let other = Actor { device: DeviceId::derived("other"), incarnation: 0 };
            let beside = Doc::new().write(other, at, &second).unwrap().unwrap();
            prop_assert!(beside.is_whole_document());
        }
    }
}
