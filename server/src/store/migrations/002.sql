-- Rules that were carried out: once per record and occasion, with what held.
DROP TABLE effects;
CREATE TABLE effects (
    rule     TEXT NOT NULL,
    record   BLOB NOT NULL,
    occasion TEXT NOT NULL,
    config   INTEGER NOT NULL,
    because  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (rule, record, occasion)
) STRICT, WITHOUT ROWID;
CREATE INDEX effects_by_record ON effects (record);

-- Records that somebody still has to do something about, of every kind.
DROP INDEX documents_open;
CREATE INDEX documents_open ON documents (kind, at) WHERE open = 1;

-- Customers by name (duplicates, imports), contracts by number (payment slips), outside ids, and what nobody holds.
CREATE INDEX customers_by_name ON documents (json_extract(fields, '$.name')) WHERE kind = 'customer';
CREATE INDEX customers_by_external_id ON documents (json_extract(fields, '$.external_id')) WHERE kind = 'customer';
CREATE INDEX contracts_by_number ON documents (json_extract(fields, '$.number')) WHERE kind = 'contract';
CREATE INDEX documents_unheld ON documents (kind) WHERE kind IN ('customer', 'lead') AND json_extract(fields, '$.holder') IS NULL;
