//! The terminal's contract, shown with the real program in a folder of its own.
#![allow(clippy::unwrap_used)]

mod answers;
mod backcheck;
mod config;
mod dialect;
mod figures;
mod files;
mod golden;
mod languages;
mod online;
mod phone;
mod refusals;
mod sales;
mod stories;
mod voice;
