//! Statements on a connection, each prepared once.

use std::ops::ControlFlow;

use chuda_record::Result;
use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use crate::storage;

/// What statements run on: a transaction's connection.
#[derive(Clone, Copy)]
pub struct Sql<'c>(&'c Connection);

impl<'c> Sql<'c> {
    /// On this connection.
    pub fn new(connection: &'c Connection) -> Self {
        Self(connection)
    }

    /// Carries out a statement and says how many rows it changed.
    pub fn run(&self, sql: &str, values: impl Params) -> Result<usize> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map_err(storage)
    }

    /// Carries out several statements that take no values.
    pub fn batch(&self, sql: &str) -> Result<()> {
        self.0.execute_batch(sql).map_err(storage)
    }

    /// The first row, if there is one.
    pub fn one<T>(&self, sql: &str, values: impl Params, read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>) -> Result<Option<T>> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.query_row(values, read).optional()).map_err(storage)
    }

    /// What is always there, such as a count.
    pub fn value<T>(&self, sql: &str, values: impl Params, read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>) -> Result<T> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.query_row(values, read)).map_err(storage)
    }

    /// Every row.
    pub fn all<T>(&self, sql: &str, values: impl Params, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.query_map(values, read)?.collect()).map_err(storage)
    }

    /// Hands out one row after another, for as long as `take` goes on.
    pub fn each<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
        mut take: impl FnMut(T) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let mut statement = self.0.prepare_cached(sql).map_err(storage)?;
        let mut rows = statement.query(values).map_err(storage)?;
        while let Some(row) = rows.next().map_err(storage)? {
            if take(read(row).map_err(storage)?)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Whether there is a row.
    pub fn exists(&self, sql: &str, values: impl Params) -> Result<bool> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.exists(values)).map_err(storage)
    }
}
