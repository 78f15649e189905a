-- What articles are about, and which topics readers chose.
ALTER TABLE articles ADD COLUMN topics TEXT NOT NULL DEFAULT '[]';
ALTER TABLE profiles ADD COLUMN topics TEXT NOT NULL DEFAULT '[]';

-- An index of the topics in `articles.topics`, for searching.
CREATE TABLE article_topics (
  article_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  sure BIGINT NOT NULL,
  PRIMARY KEY (article_id, topic)
) WITHOUT ROWID;
