-- What looking into the bytes of a blob told, for back-checks (R1): looked into once, since bytes never change.
CREATE TABLE seen (
    sha256 BLOB PRIMARY KEY,
    -- What kind of file the bytes say they are; none where they are too many to be looked into.
    mime   TEXT,
    seen   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
