//! The columns that lists look into, beside the row that every record has.

use super::Tx;
use chuda_record::error::Result;
use chuda_record::id::RecordId;
use chuda_record::time::{day_of, to_millis};
use chuda_record::{Contact, Customer, Evidence, Lead, Record, Report, Role, Task, Touch};

/// A record of a kind that has columns of its own.
pub(super) trait Columns: Record {
    /// Writes them.
    fn put(&self, tx: &Tx<'_>, id: RecordId) -> Result<()>;
}

impl Columns for Customer {
    fn put(&self, tx: &Tx<'_>, id: RecordId) -> Result<()> {
        tx.run(
            "INSERT INTO customers (id, name, short, holder, closed, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET name = ?2, short = ?3, holder = ?4, closed = ?5, created_at = ?6",
            (
                id.as_bytes(),
                &self.name,
                &self.short,
                self.holder.map(|id| *id.as_bytes()),
                self.closed || self.merged_into.is_some(),
                to_millis(self.created_at),
            ),
        )
    }
}

impl Columns for Contact {
    fn put(&self, tx: &Tx<'_>, id: RecordId) -> Result<()> {
        tx.run(
            "INSERT INTO contacts (id, customer, name) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET name = ?3",
            (id.as_bytes(), self.customer.as_bytes(), &self.name),
        )
    }
}

impl Columns for Lead {
    fn put(&self, tx: &Tx<'_>, id: RecordId) -> Result<()> {
        tx.run(
            "INSERT INTO leads (id, customer, moved_at, holder, held_at, invalid, claimed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET moved_at = ?3, holder = ?4, held_at = ?5, invalid = ?6, claimed_at = ?7",
            (
                id.as_bytes(),
                self.customer.as_bytes(),
                to_millis(self.moved_at),
                self.holder.map(|id| *id.as_bytes()),
                self.held_at.map(to_millis),
                self.invalid_at.is_some(),
                self.claimed_at.map(to_millis),
            ),
        )
    }
}

impl Columns for Touch {
    fn put(&self, tx: &Tx<'_>, id: RecordId) -> Result<()> {
        tx.run(
            "INSERT INTO touches (id, customer, person, at, day, draft, action, next_date, brief)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (id) DO UPDATE SET draft = ?6, next_date = ?8",
            (
                id.as_bytes(),
                self.customer.as_bytes(),
                self.author.as_bytes(),
                to_millis(self.at),
                day_of(self.at, self.zone).to_string(),
                self.evidence.is_empty(),
                &self.action,
                self.next_date.map(|day| day.to_string()),
                &self.brief,
            ),
        )?;
        for evidence in &self.evidence {
            tx.run("INSERT OR IGNORE INTO touch_evidence (touch, evidence) VALUES (?1, ?2)", (id.as_bytes(), evidence.as_bytes()))?;
        }
        Ok(())
    }
}

impl Columns for Evidence {
    fn put(&self, tx: &Tx<'_>, id: RecordId) -> Result<()> {
        tx.run(
            "INSERT INTO evidence (id, sha256, valid, captured_at, look, author) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET valid = ?3, author = ?6",
            (id.as_bytes(), self.sha256.0, self.is_valid(), to_millis(self.captured_at), &self.look, self.author.as_bytes()),
        )
    }
}

impl Columns for Report {
    fn put(&self, tx: &Tx<'_>, id: RecordId) -> Result<()> {
        tx.run(
            "INSERT OR IGNORE INTO reports (id, person, day) VALUES (?1, ?2, ?3)",
            (id.as_bytes(), self.author.as_bytes(), self.day.to_string()),
        )
    }
}

impl Columns for Task {
    fn put(&self, tx: &Tx<'_>, id: RecordId) -> Result<()> {
        tx.run(
            "INSERT INTO tasks (id, assignee, role, due, created_at, done, notice) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET assignee = ?2, due = ?4, done = ?6",
            (
                id.as_bytes(),
                self.assignee.map(|id| *id.as_bytes()),
                self.role.map(Role::as_str),
                self.due.map(to_millis),
                to_millis(self.created_at),
                self.done_at.is_some(),
                self.notice,
            ),
        )
    }
}
