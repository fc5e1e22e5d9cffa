//! The server under attack by those who have a way in: an enrolled phone that says what it likes, a colleague with a token. Each attack
//! stands beside what an honest one does and must go through, so that refusing everything fails too. `docs/threats.md` lists them.

mod bounds;
mod bytes;
mod consents;
mod decoding;
mod erasing;
mod ids;
mod imports;
mod people;
mod shares;
mod signatures;
mod tokens;
