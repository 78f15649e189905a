-- What PostgreSQL is told about the ledger here, SQLite does not need.
SELECT 1;
