-- What the server knows of itself: epoch of the log, its own actor, version of the people.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Every accepted change, for ever: the changes are the records, everything below can be worked out from them.
CREATE TABLE changes (
    n           INTEGER PRIMARY KEY,
    document    BLOB NOT NULL,
    hash        BLOB NOT NULL,
    device      BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    bytes       BLOB NOT NULL,
    UNIQUE (document, hash)
) STRICT;

-- The current state of each record.
CREATE TABLE documents (
    id        BLOB PRIMARY KEY,
    kind      TEXT NOT NULL,
    author    BLOB,
    customer  BLOB,
    -- What it hangs on: the touch of an evidence record, the source of a task.
    parent    BLOB,
    -- The bytes that an evidence record names.
    blob      BLOB,
    -- The day of a report.
    day       TEXT,
    -- 1 for a task that is still to be done.
    open      INTEGER NOT NULL DEFAULT 0,
    at        INTEGER NOT NULL,
    fields    TEXT NOT NULL,
    conflicts TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX documents_by_time ON documents (kind, at);
CREATE INDEX documents_by_customer ON documents (customer, kind) WHERE customer IS NOT NULL;
CREATE INDEX documents_by_parent ON documents (parent) WHERE parent IS NOT NULL;
CREATE INDEX documents_by_blob ON documents (blob) WHERE blob IS NOT NULL;
CREATE INDEX documents_by_day ON documents (day) WHERE day IS NOT NULL;
CREATE INDEX documents_open ON documents (at) WHERE open = 1;

-- Which touches name which evidence, whichever of the two came first.
CREATE TABLE touch_evidence (
    evidence BLOB NOT NULL,
    touch    BLOB NOT NULL,
    PRIMARY KEY (evidence, touch)
) STRICT, WITHOUT ROWID;

-- Who has touched a customer.
CREATE TABLE touched (
    customer BLOB NOT NULL,
    person   BLOB NOT NULL,
    PRIMARY KEY (customer, person)
) STRICT, WITHOUT ROWID;

-- Who may read what: `rules::audience` applied to the current state.
CREATE TABLE readers (
    document BLOB NOT NULL,
    person   BLOB NOT NULL,
    PRIMARY KEY (document, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX readers_by_person ON readers (person, document);

-- One inbox per person who has a device. A row without a change says that the document may no longer be read.
CREATE TABLE inbox (
    person   BLOB NOT NULL,
    seq      INTEGER NOT NULL,
    document BLOB NOT NULL,
    change   INTEGER,
    -- The person's own device that sent the change and therefore need not get it.
    origin   BLOB,
    PRIMARY KEY (person, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE inbox_heads (
    person BLOB PRIMARY KEY,
    head   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Changes that were not accepted, and why.
CREATE TABLE quarantine (
    document   BLOB NOT NULL,
    hash       BLOB NOT NULL,
    device     BLOB NOT NULL,
    reason     TEXT NOT NULL,
    bytes      BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (document, hash)
) STRICT;
CREATE INDEX quarantine_by_device ON quarantine (device);

-- Rules that were carried out, once per record.
CREATE TABLE effects (
    rule   TEXT NOT NULL,
    record BLOB NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (rule, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    id          BLOB PRIMARY KEY,
    person      BLOB NOT NULL,
    public_key  BLOB NOT NULL,
    platform    TEXT,
    enrolled_at INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_by_person ON devices (person);

-- One-time enrolment codes, by their hash.
CREATE TABLE codes (
    hash       BLOB PRIMARY KEY,
    person     BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by    BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE enrol_failures (
    address TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX enrol_failures_by_address ON enrol_failures (address, at);

-- Bearer tokens of other systems, by their hash.
CREATE TABLE tokens (
    hash       BLOB PRIMARY KEY,
    name       TEXT NOT NULL,
    person     BLOB,
    scopes     TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Signed evidence claims and when the server saw them. Gaps and forks of a device's chain are flagged, not refused.
CREATE TABLE claims (
    hash         BLOB PRIMARY KEY,
    device       BLOB NOT NULL,
    sequence     INTEGER NOT NULL,
    previous     BLOB,
    evidence     BLOB NOT NULL,
    bytes        BLOB NOT NULL,
    signature    BLOB NOT NULL,
    witnessed_at INTEGER NOT NULL,
    flags        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_sequence ON claims (device, sequence);

-- Blobs that are complete and checked, and uploads under way; the bytes are in the blob store.
CREATE TABLE blobs (
    sha256    BLOB PRIMARY KEY,
    size      INTEGER NOT NULL,
    stored_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE uploads (
    id         BLOB PRIMARY KEY,
    person     BLOB NOT NULL,
    sha256     BLOB NOT NULL,
    length     INTEGER NOT NULL,
    received   INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_person ON uploads (person);
CREATE TABLE pieces (
    upload BLOB NOT NULL,
    start  INTEGER NOT NULL,
    length INTEGER NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (upload, start)
) STRICT, WITHOUT ROWID;

-- Who looked at whose evidence (T5). Nothing in it is ever changed or removed.
CREATE TABLE views (
    n        INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    person   BLOB,
    via      TEXT NOT NULL,
    evidence BLOB NOT NULL
) STRICT;
CREATE INDEX views_by_evidence ON views (evidence);
CREATE TRIGGER views_keep BEFORE UPDATE ON views BEGIN SELECT RAISE(ABORT, 'views are append-only'); END;
CREATE TRIGGER views_stay BEFORE DELETE ON views BEGIN SELECT RAISE(ABORT, 'views are append-only'); END;
