-- What figures are counted from. Projections are made anew after a migration, so nothing is filled here.
ALTER TABLE leads ADD COLUMN claimed_at INTEGER;
ALTER TABLE evidence ADD COLUMN author BLOB;
