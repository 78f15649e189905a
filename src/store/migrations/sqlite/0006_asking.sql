-- A source's pace (JSON: what its document asks for, its rhythm), and why its
-- next visit is not sooner.
ALTER TABLE sources ADD COLUMN pace TEXT;
ALTER TABLE sources ADD COLUMN waits_for TEXT;
