//! uniffi conversions.
