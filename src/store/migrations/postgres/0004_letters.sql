-- What an event said before it was changed, for letters to tell what was.
CREATE TABLE event_revisions (
  event_id TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  start_day BIGINT NOT NULL,
  end_day BIGINT,
  start_second BIGINT,
  city TEXT,
  status TEXT NOT NULL,
  PRIMARY KEY (event_id, sequence)
);
CREATE INDEX event_revisions_replaced ON event_revisions (replaced_at);
CREATE INDEX articles_revised ON articles (changed_at) WHERE revision > 1;

-- The operator's own letters: one row for each text, by what it says.
CREATE TABLE mailings (
  id TEXT PRIMARY KEY,
  subject TEXT NOT NULL,
  tested_at BIGINT NOT NULL,
  queued_at BIGINT
);
