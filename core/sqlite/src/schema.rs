//! A schema grows by numbered steps; the file's `user_version` says which it has taken.

use chuda_record::Result;
use rusqlite::{Connection, TransactionBehavior};

use crate::{Sql, storage};

/// Takes the steps that a file has not taken yet, all of them or none, and returns how many it had taken before. A file of a later
/// version has taken more than there are here: it stays as it is.
///
/// `after` does what SQL alone can't, with the number of the step that was just taken, counted from 1.
pub fn migrate(connection: &mut Connection, steps: &[&str], mut after: impl FnMut(Sql<'_>, usize) -> Result<()>) -> Result<usize> {
    let taken = taken(connection)?;
    if taken >= steps.len() {
        return Ok(taken);
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage)?;
    // Another process may have been faster.
    let taken = self::taken(&transaction)?;
    for (number, step) in (1..).zip(steps).skip(taken) {
        transaction.execute_batch(step).map_err(storage)?;
        after(Sql::new(&transaction), number)?;
    }
    if taken < steps.len() {
        transaction.pragma_update(None, "user_version", steps.len()).map_err(storage)?;
    }
    transaction.commit().map_err(storage)?;
    Ok(taken)
}

fn taken(connection: &Connection) -> Result<usize> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(storage)
}

#[cfg(test)]
mod tests {
    use chuda_record::Error;

    use super::*;

    const STEPS: [&str; 3] = ["CREATE TABLE a (x)", "CREATE TABLE b (x)", "INSERT INTO b VALUES (1)"];

    #[test]
    fn each_step_is_taken_once_from_wherever_a_file_stands() {
        for before in 0..=STEPS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            assert_eq!(migrate(&mut connection, &STEPS[..before], |_, _| Ok(())).unwrap(), 0);
            let mut seen = Vec::new();
            let note = |_: Sql<'_>, number| {
                seen.push(number);
                Ok(())
            };
            assert_eq!(migrate(&mut connection, &STEPS, note).unwrap(), before);
            assert_eq!(seen, (before + 1..=STEPS.len()).collect::<Vec<_>>());
            assert_eq!(taken(&connection).unwrap(), STEPS.len());
            assert!(Sql::new(&connection).exists("SELECT 1 FROM b WHERE x = 1", []).unwrap());
        }
    }

    #[test]
    fn steps_that_fail_leave_the_file_as_it_was_and_a_later_version_stays() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, &STEPS[..1], |_, _| Ok(())).unwrap();
        let fail = |_: Sql<'_>, number| if number == 3 { Err(Error::invalid("test")) } else { Ok(()) };
        migrate(&mut connection, &STEPS, fail).unwrap_err();
        assert_eq!(taken(&connection).unwrap(), 1);
        assert!(!Sql::new(&connection).exists("SELECT 1 FROM sqlite_schema WHERE name = 'b'", []).unwrap());
        connection.pragma_update(None, "user_version", 9).unwrap();
        assert_eq!(migrate(&mut connection, &STEPS, |_, _| Ok(())).unwrap(), 9);
        assert_eq!(taken(&connection).unwrap(), 9);
    }
}
