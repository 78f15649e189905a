-- What became of asking an article's page for its full text. `full_text_due` is
-- when it is asked (again); nothing: it was never wanted, or is settled.
ALTER TABLE articles ADD COLUMN full_text_asked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN full_text_due BIGINT;
ALTER TABLE articles ADD COLUMN full_text_result TEXT;
CREATE INDEX articles_full_text_due ON articles (source_id, full_text_due)
  WHERE full_text_due IS NOT NULL;
