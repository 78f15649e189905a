-- The operator's word on articles. What is NULL is left to the reading; an event is
-- JSON as in articles.event, and 'null' where there is none.
CREATE TABLE corrections (
  article_id TEXT PRIMARY KEY,
  made_at BIGINT NOT NULL,
  kind TEXT,
  event TEXT,
  region TEXT,
  story_id TEXT,
  story_before TEXT,
  story_other TEXT
);
