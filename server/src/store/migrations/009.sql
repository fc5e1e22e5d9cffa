-- Signed requests that are not to be carried out twice, as long as their signatures hold.
CREATE TABLE requests (mark BLOB PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_end ON requests (until);
