-- What articles are found by: terms and labels. A table of its own, so that other
-- changes of an article do not touch the index; `rowid` is its `seq`.
CREATE TABLE article_words (
  rowid BIGINT PRIMARY KEY REFERENCES articles (seq) ON DELETE CASCADE,
  words TSVECTOR NOT NULL
);
CREATE INDEX article_words_found ON article_words USING GIN (words);
