-- What is wrong with bytes that had been complete: 'damaged' or 'missing'. They stand for nothing until they have been sent again.
ALTER TABLE blobs ADD COLUMN flaw TEXT;
CREATE INDEX blobs_flawed ON blobs (flaw, sha256) WHERE flaw IS NOT NULL;
