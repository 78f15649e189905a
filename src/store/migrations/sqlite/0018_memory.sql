-- What is remembered of a source and seldom changes, apart from what every visit
-- writes: a visit that brought nothing then writes a short row.
CREATE TABLE source_memory (
  id TEXT PRIMARY KEY,
  etag TEXT,
  last_modified TEXT,
  body_hash TEXT,
  moved_to TEXT,
  moved_seen BIGINT NOT NULL,
  pace TEXT,
  health TEXT
) WITHOUT ROWID;
INSERT INTO source_memory (id, etag, last_modified, body_hash, moved_to, moved_seen, pace, health)
  SELECT id, etag, last_modified, body_hash, moved_to, moved_seen, pace, health FROM sources;
-- The last answer, until now in `health`, changes with most visits.
ALTER TABLE sources ADD COLUMN answered TEXT;
UPDATE sources SET answered = health ->> 'answered';
ALTER TABLE sources DROP COLUMN etag;
ALTER TABLE sources DROP COLUMN last_modified;
ALTER TABLE sources DROP COLUMN body_hash;
ALTER TABLE sources DROP COLUMN moved_to;
ALTER TABLE sources DROP COLUMN moved_seen;
ALTER TABLE sources DROP COLUMN pace;
ALTER TABLE sources DROP COLUMN health;
