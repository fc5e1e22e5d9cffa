-- What the person has agreed to on this phone, and has taken back: only ever added to.
CREATE TABLE consents (at INTEGER NOT NULL, purpose TEXT NOT NULL, version INTEGER NOT NULL, given INTEGER NOT NULL) STRICT;
CREATE INDEX consents_by_purpose ON consents (purpose, at);

-- Own evidence by time: what belongs to no touch yet is looked for among the latest.
CREATE INDEX evidence_by_author ON evidence (author, captured_at);
