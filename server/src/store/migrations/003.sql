-- What is to be done later, or outside of a request; see jobs.rs. One that is done stays: its key is not to happen again.
CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    -- Jobs of one lane are done one after another.
    lane       TEXT NOT NULL,
    due        INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    -- Drawn anew whenever somebody takes the job, who has it until then.
    lease       BLOB,
    lease_until INTEGER,
    last_error TEXT,
    done_at    INTEGER,
    dead_at    INTEGER
) STRICT;
CREATE INDEX jobs_open ON jobs (due) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX jobs_leased ON jobs (lane, lease_until) WHERE lease IS NOT NULL;
CREATE INDEX jobs_dead ON jobs (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX jobs_by_lane ON jobs (lane) WHERE done_at IS NULL;
CREATE INDEX jobs_done ON jobs (kind, done_at) WHERE done_at IS NOT NULL;

-- Addresses that are told of events; see webhooks.rs.
CREATE TABLE webhooks (
    id         BLOB PRIMARY KEY,
    url        TEXT NOT NULL,
    secret     BLOB NOT NULL,
    -- Names of events, separated by spaces.
    events     TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Events that somebody is to be told of, as they are sent; forgotten after a while.
CREATE TABLE events (
    id     BLOB PRIMARY KEY,
    event  TEXT NOT NULL,
    record BLOB NOT NULL,
    at     INTEGER NOT NULL,
    body   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_time ON events (at);
