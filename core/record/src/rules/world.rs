//! What rules look at beside the record in hand: other records, as the phone or the server has them.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::id::{CustomerId, RecordId};
use crate::kind::touch::evidence_in;
use crate::{Fields, Kind, Scalar};

/// Most records of one kind and customer that a condition looks through, newest first.
pub const LOOKED_THROUGH: usize = 1_000;

/// Read access to records. Phone and server answer from their stores, tests and dry runs from memory.
pub trait World {
    /// A record by id.
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>>;
    /// Records of a kind that belong to a customer, newest first, at most [`LOOKED_THROUGH`].
    fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Fields>>;
}

/// Records in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub BTreeMap<RecordId, (Kind, Fields)>);

impl World for Memory {
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>> {
        Ok(self.0.get(&id).cloned())
    }

    fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Fields>> {
        let customer = Scalar::Text(customer.to_string());
        let of = self.0.values().filter(|(other, fields)| *other == kind && fields.get("customer") == Some(&customer));
        let mut found: Vec<Fields> = of.map(|(_, fields)| fields.clone()).collect();
        found.sort_by_key(|fields| std::cmp::Reverse(kind.time_of(fields)));
        found.truncate(LOOKED_THROUGH);
        Ok(found)
    }
}

/// One record in hand, with its surroundings.
pub struct Subject<'a> {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Its fields.
    pub fields: &'a Fields,
    /// Everything else.
    pub world: &'a dyn World,
}

impl Subject<'_> {
    /// The value at a path, such as `amount`, `customer.name` or `source.touch.amount`. Cleared fields have none.
    pub fn get(&self, path: &str) -> Result<Option<Scalar>> {
        let mut fields = self.fields.clone();
        let mut rest = path;
        while let Some((link, after)) = rest.split_once('.') {
            let Some(id) = fields.get(link).and_then(Scalar::as_text).and_then(|id| id.parse::<RecordId>().ok()) else {
                return Ok(None);
            };
            let Some((_, linked)) = self.world.record(id)? else { return Ok(None) };
            (fields, rest) = (linked, after);
        }
        Ok(fields.remove(rest).filter(|value| *value != Scalar::Null))
    }

    /// The fields of every piece of evidence that a touch names and that is its author's.
    pub fn evidence(&self) -> Result<Vec<Fields>> {
        let mut found = Vec::new();
        for id in evidence_in(self.fields) {
            if let Some((Kind::Evidence, evidence)) = self.world.record(id.into())?
                && evidence.get("author") == self.fields.get("author")
            {
                found.push(evidence);
            }
        }
        Ok(found)
    }
}
