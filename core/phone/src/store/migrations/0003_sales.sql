-- What the lists of leads, quotes and notices are found by. Projections are made anew after a migration, so nothing is filled here.
ALTER TABLE touches ADD COLUMN brief TEXT;
CREATE INDEX touches_by_action ON touches (action, at);
ALTER TABLE leads ADD COLUMN holder BLOB;
ALTER TABLE leads ADD COLUMN held_at INTEGER;
ALTER TABLE leads ADD COLUMN invalid INTEGER NOT NULL DEFAULT 0;
CREATE INDEX leads_by_holder ON leads (holder, moved_at);
ALTER TABLE tasks ADD COLUMN notice INTEGER NOT NULL DEFAULT 0;
DROP INDEX tasks_open;
CREATE INDEX tasks_open ON tasks (notice, due, created_at) WHERE done = 0;
