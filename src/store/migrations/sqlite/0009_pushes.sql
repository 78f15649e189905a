-- Subscriptions at hubs (WebSub). `id` is the unguessable part of the callback's
-- address; `callback` the whole of it, by which the hub knows the subscription.
-- `asked_at` is set while the hub's question is awaited.
CREATE TABLE pushes (
  id TEXT PRIMARY KEY,
  source_id TEXT NOT NULL,
  hub TEXT NOT NULL,
  topic TEXT NOT NULL,
  callback TEXT NOT NULL,
  secret TEXT NOT NULL,
  aim TEXT NOT NULL,
  asked_at BIGINT,
  next_ask BIGINT NOT NULL,
  failures BIGINT NOT NULL DEFAULT 0,
  trouble TEXT,
  confirmed_at BIGINT,
  lease_until BIGINT,
  pinged_at BIGINT,
  pushed_at BIGINT,
  pushes BIGINT NOT NULL DEFAULT 0,
  discarded BIGINT NOT NULL DEFAULT 0,
  proven BIGINT NOT NULL DEFAULT 0,
  whole_only BIGINT NOT NULL DEFAULT 0,
  last_key TEXT
) WITHOUT ROWID;
CREATE INDEX pushes_source ON pushes (source_id);
CREATE INDEX pushes_due ON pushes (next_ask);

-- What hubs pushed and nobody has read yet. `body` is base64; empty: the source
-- is to be asked.
CREATE TABLE pushed (
  key TEXT PRIMARY KEY,
  push_id TEXT NOT NULL,
  source_id TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  content_type TEXT,
  body TEXT NOT NULL
);
CREATE INDEX pushed_order ON pushed (received_at, key);
CREATE INDEX pushed_source ON pushed (source_id);
