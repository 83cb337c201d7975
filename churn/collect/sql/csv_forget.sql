-- What the reader of CSV put aside belongs to one scan only.
DROP TABLE IF EXISTS reject_errors
