-- Until when a token holds, when it was last used, and when it was ended. One of before holds until it is ended.
ALTER TABLE tokens ADD COLUMN expires_at INTEGER;
ALTER TABLE tokens ADD COLUMN used_at INTEGER;
ALTER TABLE tokens ADD COLUMN revoked_at INTEGER;
