-- Always hash the right side of a join, the small one here: rows stream through in the order in which they come.
SET disabled_optimizers = 'build_side_probe_side'
