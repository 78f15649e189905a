-- A source's health (JSON): its last answer, what its documents give, what was
-- left out and why, the verdict last told.
ALTER TABLE sources ADD COLUMN health TEXT;
