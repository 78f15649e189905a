-- Why a delivery waits or was given up, in one word (model::delivery::Reason).
ALTER TABLE deliveries ADD COLUMN reason TEXT;

-- What the operator told to wait: a digest's name, or '' for all mail. Deliveries
-- of a paused digest stand under a rank no claim asks for.
CREATE TABLE mail_pauses (
  digest TEXT PRIMARY KEY,
  since BIGINT NOT NULL
);

-- How many letters each day has been promised of its share of a warm-up plan.
CREATE TABLE mail_days (
  day BIGINT PRIMARY KEY,
  taken BIGINT NOT NULL
);
