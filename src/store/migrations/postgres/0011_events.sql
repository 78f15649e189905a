-- What is told of an event beside name, day and place, and which article said
-- each field; both as JSON objects.
ALTER TABLE events ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE events ADD COLUMN said_by TEXT NOT NULL DEFAULT '{}';
-- The events an article tells of beside its main one, as a JSON list.
ALTER TABLE articles ADD COLUMN more_events TEXT NOT NULL DEFAULT '[]';

-- An article may tell of several events; `place`: which of its own.
ALTER TABLE event_articles ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE event_articles DROP CONSTRAINT event_articles_pkey;
ALTER TABLE event_articles ADD PRIMARY KEY (article_id, event_id);
