-- Articles of one source and day: feeds whose ids change are known again by title and
-- date, and many outlets give all their articles midnight.
CREATE INDEX articles_namesakes ON articles (source_id, dated);
