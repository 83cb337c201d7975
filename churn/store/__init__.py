"""Where things are kept: landing (bytes), lake (facts and derived days, Parquet), ledger (deeds), warehouse (DuckDB).

schema      every table as data
landing     bytes as served, with a manifest
lake        Parquet by table and day; written to a temporary name and renamed
ledger      append-only; what people decided and what was told to whom
database    the only opener of a database; the lake and ledger as views of the schema's names
warehouse   the published copy, built by one writer, replaced by an atomic rename
queries     loader of the .sql files that stand beside each package
"""
