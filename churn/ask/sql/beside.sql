-- A place of its own for what a question makes, beside the published copy, which nobody changes.
ATTACH ':memory:' AS asked (READ_WRITE)
