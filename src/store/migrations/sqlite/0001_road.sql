-- Times are milliseconds since 1970 UTC, days are counted from the Common Era,
-- truth values are 0 and 1, lists are JSON. Same tables as in ../postgres.

CREATE TABLE house (
  key TEXT PRIMARY KEY,
  words TEXT,
  number BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO house (key, number) VALUES ('stamp', 0), ('sealed_until', 0);

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until_ms BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  outlet TEXT NOT NULL,
  republish TEXT NOT NULL,
  registered BIGINT NOT NULL,
  place_hash TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  body_hash TEXT,
  next_visit BIGINT NOT NULL,
  last_visit BIGINT,
  last_success BIGINT,
  failures BIGINT NOT NULL DEFAULT 0,
  last_result TEXT,
  stopped TEXT,
  moved_to TEXT,
  moved_seen BIGINT NOT NULL DEFAULT 0,
  lease_holder TEXT,
  lease_until BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX sources_due ON sources (next_visit) WHERE registered = 1 AND stopped IS NULL;

-- The newest revision of each article, and the reading of it. What is filtered
-- by stands first: the wide texts at the end are then never touched by a search.
CREATE TABLE articles (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  source_id TEXT NOT NULL,
  story_id TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  first_seen BIGINT NOT NULL,
  dated BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  content_hash TEXT NOT NULL,
  shown_kind TEXT,
  shown_language TEXT NOT NULL,
  engine_version BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  language TEXT NOT NULL,
  language_confidence DOUBLE PRECISION NOT NULL,
  kind TEXT NOT NULL,
  kind_confidence DOUBLE PRECISION NOT NULL,
  published BIGINT,
  updated BIGINT,
  declared_language TEXT,
  link TEXT,
  image TEXT,
  title TEXT NOT NULL,
  authors TEXT NOT NULL,
  categories TEXT NOT NULL,
  declared_event TEXT,
  regions TEXT NOT NULL,
  event TEXT,
  excerpt TEXT NOT NULL,
  tokens TEXT NOT NULL,
  summary_html TEXT NOT NULL,
  content_html TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX articles_added ON articles (added_at, seq, shown_kind, shown_language, source_id, story_id, id);
CREATE INDEX articles_story ON articles (story_id, added_at, seq);

-- An index of the regions in `articles.regions`, for searching.
CREATE TABLE article_regions (
  article_id TEXT NOT NULL,
  region TEXT NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  sure BIGINT NOT NULL,
  PRIMARY KEY (article_id, region)
) WITHOUT ROWID;

-- What an article said before it was changed.
CREATE TABLE article_revisions (
  article_id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  updated BIGINT,
  content_hash TEXT NOT NULL,
  summary_html TEXT NOT NULL,
  content_html TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (article_id, revision)
);

CREATE TABLE story_bands (
  band BIGINT NOT NULL,
  dated BIGINT NOT NULL,
  article_id TEXT NOT NULL,
  PRIMARY KEY (band, dated, article_id)
) WITHOUT ROWID;

CREATE TABLE events (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  start_day BIGINT NOT NULL,
  end_day BIGINT,
  last_day BIGINT NOT NULL,
  start_second BIGINT,
  city TEXT,
  region TEXT,
  status TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  date_words TEXT NOT NULL,
  counted_from BIGINT,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL
);
CREATE INDEX events_last_day ON events (last_day);
CREATE INDEX events_start_day ON events (start_day);

-- An article tells of at most one event.
CREATE TABLE event_articles (
  article_id TEXT PRIMARY KEY,
  event_id TEXT NOT NULL,
  position BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX event_articles_event ON event_articles (event_id, position);

CREATE TABLE profiles (
  key TEXT PRIMARY KEY,
  tongue TEXT NOT NULL,
  feeds TEXT NOT NULL,
  regions TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE subscribers (
  id TEXT PRIMARY KEY,
  address TEXT NOT NULL,
  status TEXT NOT NULL,
  profile_key TEXT NOT NULL,
  requested_at BIGINT NOT NULL,
  request_queued BIGINT NOT NULL DEFAULT 0,
  confirmed_at BIGINT,
  unsubscribed_at BIGINT
) WITHOUT ROWID;
CREATE INDEX subscribers_confirmed ON subscribers (profile_key, id) WHERE status = 'confirmed';
CREATE INDEX subscribers_asked ON subscribers (requested_at) WHERE status = 'pending' AND request_queued = 0;

CREATE TABLE digest_watermarks (
  name TEXT PRIMARY KEY,
  at_ms BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE digests (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  after_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  stories TEXT NOT NULL,
  events TEXT NOT NULL,
  closed_at BIGINT NOT NULL
);

CREATE TABLE letters (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  tongue TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL
);

-- `claimable_at`: when anybody may take it: its due time while it waits, the end
-- of the lease while it is held, NULL once its fate is settled.
-- `delivery_id` is derived when it is claimed and found only under a lease.
CREATE TABLE deliveries (
  occasion TEXT NOT NULL,
  subscriber_id TEXT NOT NULL,
  letter_id TEXT NOT NULL,
  rank BIGINT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  doubtful BIGINT NOT NULL DEFAULT 0,
  queued_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  claimable_at BIGINT,
  lease_holder TEXT,
  delivery_id TEXT,
  finished_at BIGINT,
  result TEXT,
  PRIMARY KEY (occasion, subscriber_id)
) WITHOUT ROWID;
CREATE INDEX deliveries_claimable ON deliveries (rank, claimable_at) WHERE claimable_at IS NOT NULL;
CREATE INDEX deliveries_held ON deliveries (lease_holder) WHERE lease_holder IS NOT NULL;
CREATE UNIQUE INDEX deliveries_found ON deliveries (delivery_id) WHERE delivery_id IS NOT NULL;
