-- What articles are found by: terms and labels in one text each, nothing of the
-- article itself (`contentless`). Whatever is not ASCII belongs to its term.
CREATE VIRTUAL TABLE article_words USING fts5(
  words, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars ':-'"
);
CREATE TRIGGER article_words_forgotten AFTER DELETE ON articles BEGIN
  DELETE FROM article_words WHERE rowid = OLD.seq;
END;
