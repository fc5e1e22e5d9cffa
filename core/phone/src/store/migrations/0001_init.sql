-- What this installation knows about itself.
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY NOT NULL) WITHOUT ROWID, STRICT;

-- Documents as their changes, dependencies first. Everything below `records` is made from these and can be dropped.
CREATE TABLE changes (
    document BLOB NOT NULL,
    n INTEGER NOT NULL,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (document, n)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX changes_by_hash ON changes (hash);

-- Own changes that the server has not taken yet, in the order they were made.
CREATE TABLE outbox (n INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, document BLOB NOT NULL) STRICT;
CREATE INDEX outbox_by_document ON outbox (document);

-- Own changes that the server did not take, with its reason. Kept until redone.
CREATE TABLE quarantine (
    hash BLOB PRIMARY KEY,
    document BLOB NOT NULL,
    n INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX quarantine_by_document ON quarantine (document);

-- The chain of evidence claims of this installation.
CREATE TABLE claims (
    sequence INTEGER PRIMARY KEY,
    evidence BLOB NOT NULL UNIQUE,
    hash BLOB NOT NULL UNIQUE,
    bytes BLOB NOT NULL,
    signature BLOB,
    witnessed_at INTEGER,
    rejected TEXT
) STRICT;

-- Blobs of this installation on their way to the server.
CREATE TABLE uploads (
    hash BLOB PRIMARY KEY,
    evidence BLOB NOT NULL,
    size INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0,
    location TEXT,
    verified_at INTEGER,
    failed TEXT
) STRICT;

-- Derived pictures; each names the evidence it was made from.
CREATE TABLE thumbnails (evidence BLOB PRIMARY KEY, jpeg BLOB NOT NULL) STRICT;
CREATE TABLE renditions (evidence BLOB PRIMARY KEY, hash BLOB NOT NULL, size INTEGER NOT NULL) STRICT;

-- Recordings that still have to be transcribed.
CREATE TABLE transcriptions (evidence BLOB PRIMARY KEY, queued_at INTEGER NOT NULL, failed TEXT) STRICT;

-- Projections: one row per document, and the columns that lists are found by.
CREATE TABLE records (id BLOB PRIMARY KEY, kind TEXT NOT NULL, record TEXT NOT NULL, conflicts TEXT) STRICT;
CREATE INDEX records_by_kind ON records (kind);
CREATE INDEX records_in_conflict ON records (id) WHERE conflicts IS NOT NULL;

CREATE TABLE customers (id BLOB PRIMARY KEY, name TEXT NOT NULL, short TEXT, holder BLOB, closed INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX customers_by_name ON customers (name);
CREATE TABLE contacts (id BLOB PRIMARY KEY, customer BLOB NOT NULL, name TEXT NOT NULL) STRICT;
CREATE INDEX contacts_by_customer ON contacts (customer);
CREATE TABLE leads (id BLOB PRIMARY KEY, customer BLOB NOT NULL, moved_at INTEGER NOT NULL) STRICT;
CREATE INDEX leads_by_customer ON leads (customer, moved_at);
CREATE TABLE touches (
    id BLOB PRIMARY KEY,
    customer BLOB NOT NULL,
    person BLOB NOT NULL,
    at INTEGER NOT NULL,
    day TEXT NOT NULL,
    draft INTEGER NOT NULL,
    action TEXT NOT NULL,
    next_date TEXT
) STRICT;
CREATE INDEX touches_by_customer ON touches (customer, draft, at);
CREATE INDEX touches_by_person ON touches (person, day, at);
CREATE INDEX touches_by_next ON touches (person, next_date) WHERE next_date IS NOT NULL;
CREATE TABLE touch_evidence (touch BLOB NOT NULL, evidence BLOB NOT NULL, PRIMARY KEY (touch, evidence)) WITHOUT ROWID, STRICT;
CREATE INDEX touch_evidence_by_evidence ON touch_evidence (evidence);
CREATE TABLE evidence (id BLOB PRIMARY KEY, sha256 BLOB NOT NULL, valid INTEGER NOT NULL, captured_at INTEGER NOT NULL, look TEXT) STRICT;
CREATE INDEX evidence_by_hash ON evidence (sha256);
CREATE TABLE reports (id BLOB PRIMARY KEY, person BLOB NOT NULL, day TEXT NOT NULL) STRICT;
CREATE INDEX reports_by_day ON reports (day, person);
CREATE TABLE tasks (id BLOB PRIMARY KEY, assignee BLOB, role TEXT, due INTEGER, created_at INTEGER NOT NULL, done INTEGER NOT NULL) STRICT;
CREATE INDEX tasks_open ON tasks (due, created_at) WHERE done = 0;
