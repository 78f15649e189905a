-- What subscribers choose, rounds of a digest, and how far each reader is covered.

ALTER TABLE profiles ADD COLUMN script TEXT NOT NULL DEFAULT 'Cyrl';
ALTER TABLE profiles ADD COLUMN kinds TEXT NOT NULL DEFAULT '[]';
ALTER TABLE profiles ADD COLUMN languages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE profiles ADD COLUMN grouped TEXT NOT NULL DEFAULT 'importance';
-- The round of the profile's schedule, '' for the digest's own timetable.
ALTER TABLE profiles ADD COLUMN round TEXT NOT NULL DEFAULT '';

-- `requests`: confirmation letters asked for since the last confirmation.
-- `replaces`: whose place this address takes once it is confirmed.
ALTER TABLE subscribers ADD COLUMN requests BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscribers ADD COLUMN paused_until BIGINT;
ALTER TABLE subscribers ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE subscribers ADD COLUMN replaces TEXT;
DROP INDEX subscribers_confirmed;
CREATE INDEX subscribers_confirmed ON subscribers (profile_key, id, paused_until) WHERE status = 'confirmed';
CREATE INDEX subscribers_paused ON subscribers (paused_until) WHERE paused_until IS NOT NULL;
CREATE INDEX subscribers_moving ON subscribers (requested_at) WHERE replaces IS NOT NULL AND request_queued = 0;

CREATE TABLE round_watermarks (
  name TEXT NOT NULL,
  round TEXT NOT NULL DEFAULT '',
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (name, round)
) WITHOUT ROWID;
INSERT INTO round_watermarks (name, at_ms) SELECT name, at_ms FROM digest_watermarks;
DROP TABLE digest_watermarks;
ALTER TABLE round_watermarks RENAME TO digest_watermarks;
ALTER TABLE digests ADD COLUMN round TEXT NOT NULL DEFAULT '';

-- How far a reader is covered by a digest, where that differs from the
-- watermark of the reader's round: after a pause, after a change of round.
CREATE TABLE coverage (
  subscriber_id TEXT NOT NULL,
  name TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (subscriber_id, name)
) WITHOUT ROWID;
CREATE INDEX coverage_reached ON coverage (name, at_ms);

-- Those who had everything about them erased: a hash of the address, so that no
-- import adds them again.
CREATE TABLE erased (
  subscriber_id TEXT PRIMARY KEY,
  at_ms BIGINT NOT NULL
) WITHOUT ROWID;
