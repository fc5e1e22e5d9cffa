//! Pure functions over records, the same on phone and server: no store, no clock, no file. Whole numbers only.

pub mod audience;
pub mod config;
pub mod health;
pub mod stage;
pub mod trigger;

pub use audience::Audience;
pub use config::Config;
pub use health::Health;
