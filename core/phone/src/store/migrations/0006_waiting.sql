-- What waits and what failed is counted for every screen, among all that has long arrived.
CREATE INDEX uploads_waiting ON uploads (size, sent) WHERE verified_at IS NULL AND failed IS NULL;
CREATE INDEX uploads_failed ON uploads (failed) WHERE failed IS NOT NULL;
