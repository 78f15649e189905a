-- What an older engine read is looked for by day, the newest first, in the index alone.
CREATE INDEX articles_dated ON articles (dated, id, engine_version);
