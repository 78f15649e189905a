-- What is told of an event beside name, day and place, and which article said
-- each field; both as JSON objects.
ALTER TABLE events ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE events ADD COLUMN said_by TEXT NOT NULL DEFAULT '{}';
-- The events an article tells of beside its main one, as a JSON list.
ALTER TABLE articles ADD COLUMN more_events TEXT NOT NULL DEFAULT '[]';

-- An article may tell of several events; `place`: which of its own.
CREATE TABLE tellings (
  article_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (article_id, event_id)
) WITHOUT ROWID;
INSERT INTO tellings (article_id, event_id, position, place)
  SELECT article_id, event_id, position, 0 FROM event_articles;
DROP TABLE event_articles;
ALTER TABLE tellings RENAME TO event_articles;
CREATE INDEX event_articles_event ON event_articles (event_id, position);
