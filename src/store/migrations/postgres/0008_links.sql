-- Links of letters whose openings are counted ([mail] link_counts): where each
-- leads, the same for every reader. `beside`: how many links the shortest letter
-- holds that holds this one.
CREATE TABLE digest_links (
  short TEXT PRIMARY KEY,
  digest_id TEXT NOT NULL,
  url TEXT NOT NULL,
  beside BIGINT NOT NULL
);
CREATE INDEX digest_links_digest ON digest_links (digest_id);

-- How often each was opened on a day. Nothing else is kept of an opening.
CREATE TABLE link_counts (
  short TEXT NOT NULL,
  day BIGINT NOT NULL,
  opened BIGINT NOT NULL,
  PRIMARY KEY (short, day)
);
