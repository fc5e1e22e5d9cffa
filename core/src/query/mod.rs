//! What screens ask. One file per question; each returns a view.

pub mod view;
