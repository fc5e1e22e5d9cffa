//! Tokens of other systems: each for a while, for some things, as somebody or nobody.

use chrono::{DateTime, TimeDelta, Utc};
use chuda_record::id::{Hash, PersonId};
use chuda_record::time::from_millis;
use chuda_record::{Error, Kind, Result};
use chuda_words::keys;
use serde::Serialize;

use super::Admin;
use super::people::find_present;
use crate::audit::{self, Act, By, Verb};
use crate::scope::Scope;
use crate::store::{TokenRow, Tx};

/// How many days a token holds unless it is said.
pub const TOKEN_DAYS: u32 = 90;
/// How many digits of its hash name a token.
const ID_DIGITS: usize = 12;

/// A token, as an admin sees it: never the token itself.
#[derive(Clone, Debug, Serialize)]
pub struct TokenView {
    /// By which it is named.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// As whom it acts.
    pub person: Option<PersonId>,
    /// That person's name.
    pub person_name: Option<String>,
    /// What it may do.
    pub scopes: Vec<&'static str>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it holds; none: until it is revoked, since it was made before tokens expired.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the hour.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether it still opens anything.
    pub state: TokenState,
}

/// Whether a token still opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It does.
    Valid,
    /// Its time is over.
    Expired,
    /// It was revoked, or its person has left.
    Revoked,
}

impl TokenState {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Admin {
    /// A bearer token for another system, for [`TOKEN_DAYS`]. With a person it acts as that person; without, it reads everybody's records.
    pub fn add_token(&self, name: &str, scopes: &[Scope], person: Option<&str>, now: DateTime<Utc>) -> Result<String> {
        self.add_token_for(TOKEN_DAYS, name, scopes, person, now)
    }

    /// The same for so many days.
    pub fn add_token_for(
        &self,
        days: u32,
        name: &str,
        scopes: &[Scope],
        person: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<String> {
        if scopes.is_empty() {
            return Err(Error::invalid(keys::TOKEN_SCOPES));
        }
        if person.is_some() && scopes.iter().any(|scope| scope.is_of_systems()) {
            return Err(Error::invalid(keys::TOKEN_OF_PERSON));
        }
        let token = format!("chuda_{}", hex::encode(crate::random::bytes::<32>()?));
        let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        self.0.write(|tx| {
            let person = person.map(|word| find_present(tx, word)).transpose()?;
            tx.add_token(&TokenRow {
                hash: Hash::of(token.as_bytes()),
                name: name.to_owned(),
                person,
                scopes: words.join(" "),
                created_at: now.timestamp_millis(),
                expires_at: Some((now + TimeDelta::days(days.into())).timestamp_millis()),
                used_at: None,
                revoked_at: None,
            })?;
            let act = Act::new(Verb::TokenAdded).saying(name);
            audit::log(tx, now, &By::admin(), person.map_or(act, |person| act.on(person, Kind::Person)))
        })?;
        Ok(token)
    }

    /// Every token, those that no longer hold among them.
    pub fn tokens(&self, now: DateTime<Utc>) -> Result<Vec<TokenView>> {
        self.0.read(|tx| tx.tokens()?.into_iter().map(|row| token_view(tx, row, now)).collect())
    }

    /// Ends a token at once, named by its id, or by its name where one alone that holds has it.
    pub fn revoke_token(&self, word: &str, now: DateTime<Utc>) -> Result<TokenView> {
        self.0.write(|tx| {
            let rows = tx.tokens()?;
            let valid = |row: &&TokenRow| row.name == word && row.revoked_at.is_none();
            let mut meant = rows.iter().filter(|row| id_of(row.hash) == word).chain(rows.iter().filter(valid));
            let row = match (meant.next(), meant.next()) {
                (Some(row), None) => row,
                (Some(_), Some(_)) => return Err(Error::invalid(keys::TOKEN_AMBIGUOUS)),
                (None, _) => return Err(Error::not_found(keys::TOKEN_NOT_FOUND)),
            };
            if row.revoked_at.is_none() {
                end(tx, row, now)?;
            }
            tx.token(row.hash)?.map_or_else(|| Err(Error::not_found(keys::TOKEN_NOT_FOUND)), |row| token_view(tx, row, now))
        })
    }
}

/// Ends a token.
pub(super) fn end(tx: &Tx<'_>, row: &TokenRow, now: DateTime<Utc>) -> Result<()> {
    tx.revoke_token(row.hash, now.timestamp_millis())?;
    let id = id_of(row.hash);
    let act = Act::new(Verb::TokenRevoked).saying(&id);
    audit::log(tx, now, &By::admin(), row.person.map_or(act, |person| act.on(person, Kind::Person)))
}

/// Where a token stands.
pub(crate) fn state_of(tx: &Tx<'_>, row: &TokenRow, now: DateTime<Utc>) -> Result<TokenState> {
    Ok(if row.revoked_at.is_some() || row.person.map_or(Ok(false), |person| has_left(tx, person))? {
        TokenState::Revoked
    } else if row.expires_at.is_some_and(|at| at <= now.timestamp_millis()) {
        TokenState::Expired
    } else {
        TokenState::Valid
    })
}

fn has_left(tx: &Tx<'_>, person: PersonId) -> Result<bool> {
    Ok(tx.people()?.get(&person).is_none_or(|person| person.left))
}

fn id_of(hash: Hash) -> String {
    hash.to_string().chars().take(ID_DIGITS).collect()
}

fn token_view(tx: &Tx<'_>, row: TokenRow, now: DateTime<Utc>) -> Result<TokenView> {
    Ok(TokenView {
        id: id_of(row.hash),
        state: state_of(tx, &row, now)?,
        name: row.name,
        person: row.person,
        person_name: row.person.map(|person| tx.name_of(person)).transpose()?,
        scopes: Scope::parse_all(&row.scopes).iter().map(|scope| scope.as_str()).collect(),
        created_at: from_millis(row.created_at),
        expires_at: row.expires_at.map(from_millis),
        used_at: row.used_at.map(from_millis),
        revoked_at: row.revoked_at.map(from_millis),
    })
}
