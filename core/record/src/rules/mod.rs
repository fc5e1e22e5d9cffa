//! Pure functions over records, the same on phone and server: no store, no clock, no file. Whole numbers only.

pub mod audience;
pub mod calendar;
mod carrying;
mod check;
pub mod choice;
pub mod condition;
pub mod config;
pub mod draw;
pub mod dry_run;
pub mod edit;
pub mod firing;
pub mod flaw;
pub mod form;
pub mod health;
mod holds;
pub mod machine;
pub mod metrics;
mod path;
pub mod period;
pub mod range;
pub mod result;
pub mod rule;
pub mod stage;
pub mod targets;
pub mod world;

pub use audience::Audience;
pub use config::Config;
pub use edit::Edit;
pub use firing::Firing;
pub use health::Health;
pub use rule::Rule;
pub use targets::Targets;
pub use world::{Subject, World};

#[cfg(test)]
mod tests;
