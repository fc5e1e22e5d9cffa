//! Bearer tokens of other systems, by the hash of each.

use chuda_record::Result;
use chuda_record::id::{Hash, PersonId};
use rusqlite::{Row, named_params};

use super::database::Tx;
use super::rows::optional_id;

/// A bearer token, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct TokenRow {
    pub(crate) hash: Hash,
    pub(crate) name: String,
    pub(crate) person: Option<PersonId>,
    pub(crate) scopes: String,
    pub(crate) created_at: i64,
    /// None: one of before tokens expired.
    pub(crate) expires_at: Option<i64>,
    /// When it was last used, to the hour.
    pub(crate) used_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
}

const COLUMNS: &str = "hash, name, person, scopes, created_at, expires_at, used_at, revoked_at";

impl Tx<'_> {
    /// Keeps a bearer token.
    pub(crate) fn add_token(&self, row: &TokenRow) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO tokens (hash, name, person, scopes, created_at, expires_at)
                 VALUES (:hash, :name, :person, :scopes, :created_at, :expires_at)",
                named_params! {
                    ":hash": row.hash.0,
                    ":name": row.name,
                    ":person": row.person.as_ref().map(PersonId::as_bytes),
                    ":scopes": row.scopes,
                    ":created_at": row.created_at,
                    ":expires_at": row.expires_at,
                },
            )
            .map(drop)
    }

    /// Finds a bearer token.
    pub(crate) fn token(&self, hash: Hash) -> Result<Option<TokenRow>> {
        let sql = format!("SELECT {COLUMNS} FROM tokens WHERE hash = :hash");
        self.sql.one(&sql, named_params! { ":hash": hash.0 }, token_row)
    }

    /// Every bearer token, the first made first.
    pub(crate) fn tokens(&self) -> Result<Vec<TokenRow>> {
        self.sql.all(&format!("SELECT {COLUMNS} FROM tokens ORDER BY created_at, hash"), [], token_row)
    }

    /// Notes that a token is used.
    pub(crate) fn use_token(&self, hash: Hash, now: i64) -> Result<()> {
        let values = named_params! { ":hash": hash.0, ":now": now };
        self.sql.run("UPDATE tokens SET used_at = :now WHERE hash = :hash", values).map(drop)
    }

    /// Ends a token.
    pub(crate) fn revoke_token(&self, hash: Hash, now: i64) -> Result<()> {
        let values = named_params! { ":hash": hash.0, ":now": now };
        self.sql.run("UPDATE tokens SET revoked_at = :now WHERE hash = :hash AND revoked_at IS NULL", values)?;
        self.devices_changed()
    }
}

fn token_row(row: &Row<'_>) -> rusqlite::Result<TokenRow> {
    Ok(TokenRow {
        hash: Hash(row.get(0)?),
        name: row.get(1)?,
        person: optional_id(row, 2, PersonId::from_slice)?,
        scopes: row.get(3)?,
        created_at: row.get(4)?,
        expires_at: row.get(5)?,
        used_at: row.get(6)?,
        revoked_at: row.get(7)?,
    })
}
