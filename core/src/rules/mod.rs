//! Pure functions over records: the same on phone and server.
