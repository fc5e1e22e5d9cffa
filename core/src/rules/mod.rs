//! Pure functions over records, the same on phone and server: no store, no clock, no file. Whole numbers only.

pub mod audience;
pub mod config;
pub mod health;
pub mod metrics;
pub mod range;
pub mod stage;
pub mod targets;
pub mod trigger;

pub use audience::Audience;
pub use config::Config;
pub use health::Health;
pub use targets::Targets;
