//! A phone in a terminal.
fn main() {}
