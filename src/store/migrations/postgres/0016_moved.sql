-- Who changed the address: the hash of the old one, for the links of its letters,
-- and who has them now. No rows lead to another: they are pointed on when one moves again.
CREATE TABLE moved (
  old_id TEXT PRIMARY KEY,
  new_id TEXT NOT NULL
);
CREATE INDEX moved_to ON moved (new_id);
