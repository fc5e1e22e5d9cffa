//! What figures are counted from: kept in columns beside the documents, so that three months of a team are one scan.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::id::{CustomerId, LeadId, PersonId, RecordId, TouchId};
use chuda_record::rules::metrics::{FeedbackFact, HoldingFact, LeadFact, SendingFact, Source, Span, TouchFact, Week};
use chuda_record::rules::stage::Steps;
use chuda_record::time::{from_millis, to_millis};
use chuda_record::{Lead, Result};
use rusqlite::{Row, named_params};

use super::database::Tx;
use super::dialect::{JOIN_IN_ORDER, by_index, bytes, field, ids, is_true, list, words};
use super::rows::{id, optional_id, typed};

/// What health needs of a customer that somebody has (T3).
pub(crate) struct HealthRow {
    pub(crate) customer: CustomerId,
    pub(crate) holder: PersonId,
    /// Touches that count in the window.
    pub(crate) touches: i64,
    /// Their valid evidence.
    pub(crate) evidence: i64,
    pub(crate) last_touch: Option<DateTime<Utc>>,
    /// When it was claimed or, without a lead, entered.
    pub(crate) claimed_at: DateTime<Utc>,
    /// The date that the last touch agreed on, if that was asked for.
    pub(crate) next_date: Option<NaiveDate>,
}

/// A touch of a day.
pub(crate) struct DayTouch {
    pub(crate) touch: TouchId,
    pub(crate) person: PersonId,
    pub(crate) customer: CustomerId,
    pub(crate) customer_name: String,
    pub(crate) action: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) counted: bool,
    pub(crate) valid: i64,
}

impl Tx<'_> {
    /// What health needs, of every customer that somebody has, or of those that a person may read. Next dates cost a look-up each, so
    /// only on demand.
    pub(crate) fn health(
        &self,
        reader: Option<PersonId>,
        window_start: DateTime<Utc>,
        now: DateTime<Utc>,
        next_dates: bool,
    ) -> Result<Vec<HealthRow>> {
        let index = by_index("figure_touches_by_customer");
        self.sql.all(
            &format!(
                "SELECT c.customer, c.holder, coalesce(t.touches, 0), coalesce(t.valid, 0), t.last,
                     coalesce(c.claimed_at, c.created_at),
                    CASE WHEN :next_dates THEN
                      (SELECT n.next_date FROM figure_touches n WHERE n.customer = c.customer AND n.counted = 1 AND n.at <= :now
                       ORDER BY n.at DESC, n.touch DESC LIMIT 1)
                    END
                 FROM figure_customers c LEFT JOIN
                    (SELECT customer, sum(CASE WHEN at > :window_start THEN 1 ELSE 0 END) AS touches,
                            sum(CASE WHEN at > :window_start THEN valid ELSE 0 END) AS valid, max(at) AS last
                     FROM figure_touches {index} WHERE counted = 1 AND at <= :now GROUP BY customer) t
                    USING (customer)
                 WHERE :reader IS NULL OR EXISTS (SELECT 1 FROM readers r WHERE r.document = c.customer AND r.person = :reader)"
            ),
            named_params! {
                ":window_start": to_millis(window_start),
                ":now": to_millis(now),
                ":next_dates": next_dates,
                ":reader": reader.as_ref().map(PersonId::as_bytes),
            },
            |row| {
                Ok(HealthRow {
                    customer: id(row, 0, CustomerId::from_slice)?,
                    holder: id(row, 1, PersonId::from_slice)?,
                    touches: row.get(2)?,
                    evidence: row.get(3)?,
                    last_touch: row.get::<_, Option<i64>>(4)?.map(from_millis),
                    claimed_at: from_millis(row.get(5)?),
                    next_date: row.get::<_, Option<String>>(6)?.and_then(|date| date.parse().ok()),
                })
            },
        )
    }

    /// What was done with a customer since then, each action with its brief once, and whether a contract was signed since.
    pub(crate) fn steps(&self, customer: CustomerId, since: Option<DateTime<Utc>>) -> Result<Steps> {
        let since = since.map_or(i64::MIN, |since| since.timestamp_millis());
        let (brief, signed_at) = (field("d.fields", "brief"), field("fields", "signed_at"));
        let touched = self.sql.all(
            &format!(
                "SELECT DISTINCT t.action, {brief} FROM figure_touches t JOIN documents d ON d.id = t.touch
                 WHERE t.customer = :customer AND t.counted = 1 AND t.at >= :since"
            ),
            named_params! { ":customer": customer.as_bytes(), ":since": since },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let signed = self.sql.exists(
            &format!("SELECT 1 FROM documents WHERE customer = :customer AND kind = 'contract' AND {signed_at} >= :since"),
            named_params! { ":customer": customer.as_bytes(), ":since": since },
        )?;
        Ok(Steps { touched, signed })
    }

    /// The lead of a customer that was moved last.
    pub(crate) fn lead_of(&self, customer: CustomerId) -> Result<Option<Lead>> {
        let found = self.sql.one(
            "SELECT id FROM documents WHERE customer = :customer AND kind = 'lead' ORDER BY at DESC LIMIT 1",
            named_params! { ":customer": customer.as_bytes() },
            |row| id(row, 0, RecordId::from_slice),
        )?;
        let document = found.map(|lead| self.document(lead)).transpose()?.flatten();
        document.map(|document| typed(&document.fields)).transpose()
    }

    /// The touches of a day, newest first.
    pub(crate) fn touches_of_day(&self, day: NaiveDate, limit: usize) -> Result<Vec<DayTouch>> {
        let name = field("c.fields", "name");
        self.sql.all(
            &format!(
                "SELECT t.touch, t.person, t.customer, coalesce({name}, ''), t.action, t.at, t.counted, t.valid
                 FROM figure_touches t LEFT JOIN documents c ON c.id = t.customer WHERE t.day = :day ORDER BY t.at DESC LIMIT :limit"
            ),
            named_params! { ":day": day.to_string(), ":limit": limit as i64 },
            |row| {
                Ok(DayTouch {
                    touch: id(row, 0, TouchId::from_slice)?,
                    person: id(row, 1, PersonId::from_slice)?,
                    customer: id(row, 2, CustomerId::from_slice)?,
                    customer_name: row.get(3)?,
                    action: row.get(4)?,
                    at: from_millis(row.get(5)?),
                    counted: row.get(6)?,
                    valid: row.get(7)?,
                })
            },
        )
    }

    /// The last week that weekly rules have looked at.
    pub(crate) fn last_week(&self) -> Result<Option<Week>> {
        let stored = self.meta("week")?;
        Ok(stored.and_then(|name| std::str::from_utf8(&name).ok()?.parse().ok()))
    }

    /// Notes the last week that weekly rules have looked at.
    pub(crate) fn set_last_week(&self, week: Week) -> Result<()> {
        self.set_meta("week", week.to_string().as_bytes())
    }
}

impl Source for Tx<'_> {
    fn touches(&self, actions: Option<&[&str]>, span: Span) -> Result<Vec<TouchFact>> {
        const COLUMNS: &str = "SELECT touch, customer, person, at, action, counted, valid FROM figure_touches";
        let (from, until) = (to_millis(span.from), to_millis(span.until));
        match actions {
            None => self.sql.all(
                &format!("{COLUMNS} WHERE at >= :from AND at < :until"),
                named_params! { ":from": from, ":until": until },
                touch_fact,
            ),
            Some(actions) => self.sql.all(
                &format!("{COLUMNS} WHERE counted = 1 AND action IN ({}) AND at >= :from AND at < :until", words(":actions")),
                named_params! { ":from": from, ":until": until, ":actions": list(actions) },
                touch_fact,
            ),
        }
    }

    fn leads(&self, quoted: &[&str]) -> Result<Vec<LeadFact>> {
        let actions = words(":quoted");
        self.sql.all(
            &format!(
                "SELECT l.lead, l.customer, l.holder, l.claimed_at, l.valid, t.at, k.at, l.quoted_at
                 FROM figure_leads l
                 LEFT JOIN (SELECT customer, min(at) AS at FROM figure_touches
                            WHERE counted = 1 AND action IN ({actions}) GROUP BY customer) t USING (customer)
                 LEFT JOIN (SELECT customer, min(at) AS at FROM documents WHERE kind = 'contract' GROUP BY customer) k USING (customer)
                 WHERE l.holder IS NOT NULL"
            ),
            named_params! { ":quoted": list(quoted) },
            |row| {
                let instants: [Option<i64>; 3] = [row.get(5)?, row.get(6)?, row.get(7)?];
                Ok(LeadFact {
                    lead: id(row, 0, LeadId::from_slice)?,
                    customer: id(row, 1, CustomerId::from_slice)?,
                    holder: id(row, 2, PersonId::from_slice)?,
                    claimed_at: from_millis(row.get(3)?),
                    valid: row.get(4)?,
                    quoted_at: instants.into_iter().flatten().min().map(from_millis),
                })
            },
        )
    }

    fn feedback(&self, customers: &BTreeSet<CustomerId>, span: Span) -> Result<Vec<FeedbackFact>> {
        let (asked, answers) = (bytes(":customers"), is_true("e.fields", "feedback"));
        self.sql.all(
            &format!(
                "WITH asked (customer) AS MATERIALIZED ({asked})
                 SELECT t.customer, t.feedback_at FROM asked {JOIN_IN_ORDER} figure_touches t
                    ON t.customer = asked.customer AND t.counted = 1 AND t.feedback_at >= :from AND t.feedback_at < :until
                 UNION ALL
                 SELECT e.customer, e.at FROM asked {JOIN_IN_ORDER} documents e ON e.customer = asked.customer AND e.kind = 'event'
                 WHERE e.at >= :from AND e.at < :until AND {answers}"
            ),
            named_params! {
                ":customers": ids(customers.iter().map(CustomerId::as_bytes)),
                ":from": to_millis(span.from),
                ":until": to_millis(span.until),
            },
            |row| Ok(FeedbackFact { customer: id(row, 0, CustomerId::from_slice)?, at: from_millis(row.get(1)?) }),
        )
    }

    fn holdings(&self) -> Result<Vec<HoldingFact>> {
        self.sql.all("SELECT customer, holder, coalesce(claimed_at, created_at) FROM figure_customers", [], |row| {
            Ok(HoldingFact {
                customer: id(row, 0, CustomerId::from_slice)?,
                holder: id(row, 1, PersonId::from_slice)?,
                from: from_millis(row.get(2)?),
                until: None,
            })
        })
    }

    fn sendings(&self, sent: &[&str], opened: &[&str], span: Span) -> Result<Vec<SendingFact>> {
        let [opening, its_thread, its_touch] = ["event", "thread", "touch"].map(|name| field("o.fields", name));
        let [sending, thread, touch] = ["event", "thread", "touch"].map(|name| field("s.fields", name));
        let (opens, sends) = (words(":opened"), words(":sent"));
        let sendings = self.sql.all(
            &format!(
                "SELECT s.customer, s.author, s.at,
                    (SELECT min(o.at) FROM documents o WHERE o.customer = s.customer AND o.kind = 'event'
                       AND {opening} IN ({opens}) AND ({its_thread} = {thread} OR {its_touch} = {touch}))
                 FROM documents s WHERE s.kind = 'event' AND s.at >= :from AND s.at < :until AND {sending} IN ({sends})"
            ),
            named_params! {
                ":from": to_millis(span.from),
                ":until": to_millis(span.until),
                ":sent": list(sent),
                ":opened": list(opened),
            },
            |row| {
                let Some(person) = optional_id(row, 1, PersonId::from_slice)? else { return Ok(None) };
                Ok(Some(SendingFact {
                    customer: id(row, 0, CustomerId::from_slice)?,
                    person,
                    sent_at: from_millis(row.get(2)?),
                    opened_at: row.get::<_, Option<i64>>(3)?.map(from_millis),
                }))
            },
        )?;
        Ok(sendings.into_iter().flatten().collect())
    }
}

fn touch_fact(row: &Row<'_>) -> rusqlite::Result<TouchFact> {
    Ok(TouchFact {
        touch: id(row, 0, TouchId::from_slice)?,
        customer: id(row, 1, CustomerId::from_slice)?,
        person: id(row, 2, PersonId::from_slice)?,
        at: from_millis(row.get(3)?),
        action: row.get(4)?,
        counted: row.get(5)?,
        valid_evidence: row.get(6)?,
        quote: false,
    })
}
