-- Who did and who looked (N2, T5): one row per act. The hash of each covers the one before, so a row that is gone or was changed shows.
CREATE TABLE audit (
    -- From 1, without a gap.
    n      INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    person BLOB,
    via    TEXT NOT NULL,
    verb   TEXT NOT NULL,
    record BLOB,
    kind   TEXT,
    -- The bytes it is about, and what they are: a change, a blob and so on.
    about  TEXT,
    object BLOB,
    detail TEXT,
    hash   BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_record ON audit (record) WHERE record IS NOT NULL;
CREATE INDEX audit_by_person ON audit (person) WHERE person IS NOT NULL;
CREATE INDEX audit_refused ON audit (object) WHERE verb = 'refused';
CREATE INDEX audit_keys ON audit (n) WHERE about = 'key';
CREATE TRIGGER audit_keep BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_stay BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- INSERT OR REPLACE would take a row away without the trigger above.
CREATE TRIGGER audit_append BEFORE INSERT ON audit WHEN NEW.n <> (SELECT coalesce(max(n), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- The looks that `views` had are put into the log when this step is taken.
