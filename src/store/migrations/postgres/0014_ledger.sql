-- The ledger's hot columns. Who holds what changes by the minute: statistics of
-- it, taken when next to nothing was claimed, had each group of letters read all
-- of a partial index instead of looking up its own. Without statistics the planner
-- takes such a column for full.
ALTER TABLE deliveries ALTER COLUMN lease_holder SET STATISTICS 0;
ALTER TABLE deliveries ALTER COLUMN delivery_id SET STATISTICS 0;

-- Room on each page for the beginning of an attempt, which touches no index.
ALTER TABLE deliveries SET (fillfactor = 85);
