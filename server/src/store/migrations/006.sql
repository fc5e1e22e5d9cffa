-- What figures are counted from, in columns: worked out from the documents, and made anew when what stands here changes.
CREATE TABLE figure_touches (
    at          INTEGER NOT NULL,
    touch       BLOB NOT NULL,
    customer    BLOB NOT NULL,
    person      BLOB NOT NULL,
    action      TEXT NOT NULL,
    -- Its day, in the zone it happened in.
    day         TEXT NOT NULL,
    -- 1 once it has evidence (T1).
    counted     INTEGER NOT NULL,
    -- How many of these are valid.
    valid       INTEGER NOT NULL,
    -- When it was noted that the customer answered.
    feedback_at INTEGER,
    next_date   TEXT,
    PRIMARY KEY (at, touch)
) STRICT, WITHOUT ROWID;
CREATE INDEX figure_touches_by_customer ON figure_touches (customer, at, valid) WHERE counted = 1;
CREATE INDEX figure_touches_by_action ON figure_touches (action, customer, at) WHERE counted = 1;
CREATE INDEX figure_touches_answered ON figure_touches (customer, feedback_at) WHERE counted = 1 AND feedback_at IS NOT NULL;
CREATE INDEX figure_touches_by_day ON figure_touches (day, at);

-- Whose evidence it is, and whether it proves something.
CREATE TABLE figure_evidence (
    evidence BLOB PRIMARY KEY,
    author   BLOB NOT NULL,
    valid    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Customers that somebody has and that are neither closed nor merged into another.
CREATE TABLE figure_customers (
    customer   BLOB PRIMARY KEY,
    holder     BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    -- When the first of its leads was claimed.
    claimed_at INTEGER
) STRICT, WITHOUT ROWID;

-- Leads that were claimed once.
CREATE TABLE figure_leads (
    lead       BLOB PRIMARY KEY,
    customer   BLOB NOT NULL,
    holder     BLOB,
    claimed_at INTEGER NOT NULL,
    valid      INTEGER NOT NULL,
    -- When its own stage came to be 方案报价 or a later one.
    quoted_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX figure_leads_by_customer ON figure_leads (customer, claimed_at);
