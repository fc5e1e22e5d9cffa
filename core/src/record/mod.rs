//! What a record is.
