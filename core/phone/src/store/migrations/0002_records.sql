-- What every record can be found by, whatever its kind: the customer it belongs to, its time, and whether it waits for somebody.
DROP INDEX records_by_kind;
ALTER TABLE records ADD COLUMN customer BLOB;
ALTER TABLE records ADD COLUMN at INTEGER;
ALTER TABLE records ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
CREATE INDEX records_by_kind ON records (kind, at);
CREATE INDEX records_by_customer ON records (customer, kind, at) WHERE customer IS NOT NULL;
CREATE INDEX records_open ON records (kind, at) WHERE open = 1;
