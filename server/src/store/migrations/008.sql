-- Until when a token holds, when it was last used, and when it was ended. One of before holds until it is ended.
ALTER TABLE tokens ADD COLUMN expires_at INTEGER;
ALTER TABLE tokens ADD COLUMN used_at INTEGER;
ALTER TABLE tokens ADD COLUMN revoked_at INTEGER;

-- Who has left, and who took over; devices of theirs may still send what was recorded before, until then.
CREATE TABLE departures (
    person    BLOB PRIMARY KEY,
    at        INTEGER NOT NULL,
    successor BLOB NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE devices ADD COLUMN sends_until INTEGER;
-- What was handed over then: a late change of it is judged as if it had not been.
CREATE TABLE handed_over (
    person   BLOB NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (person, document)
) STRICT, WITHOUT ROWID;

-- What is left of the changes of a record that was erased, and of bytes: nothing of it is taken again.
CREATE TABLE erased (
    document BLOB NOT NULL,
    hash     BLOB NOT NULL,
    size     INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (document, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE erased_blobs (sha256 BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

-- What was agreed to or taken back, as the ledger of each device says.
CREATE TABLE consents (
    n           INTEGER PRIMARY KEY,
    device      BLOB NOT NULL,
    person      BLOB NOT NULL,
    purpose     TEXT NOT NULL,
    at          INTEGER NOT NULL,
    given       INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (device, purpose, at, given)
) STRICT;
