-- Times and truth values as in 0001_road.sql. Same tables as in ../sqlite.

-- Whom nothing is sent to. `key`: a subscriber's id (a hash of the address), or
-- a domain as it stands in addresses. `shown`: the address or domain for the
-- operator; NULL for one who asked to be forgotten.
CREATE TABLE suppressions (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  shown TEXT,
  reason TEXT NOT NULL,
  since BIGINT NOT NULL
);

-- What came back. `occasion` and `subscriber_id` are NULL where nothing proved
-- whom it was about.
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  kind TEXT NOT NULL,
  severity TEXT,
  code TEXT,
  diagnostic TEXT,
  occasion TEXT,
  subscriber_id TEXT
);
CREATE INDEX reports_reader ON reports (subscriber_id, at_ms) WHERE subscriber_id IS NOT NULL;
CREATE INDEX reports_occasion ON reports (occasion, kind, severity) WHERE occasion IS NOT NULL;
CREATE INDEX reports_age ON reports (at_ms);
