"""Other ways to find who belongs together, each as short and as honest as its authors would write it.

    exact_key           domains with the same value of one key, or connected by any of three
    interisle           Interisle's rule for bulk registrations, over reported domains
    rare_components     values that few domains share, closed to components by networkx
    two_families        the product's rule of two families as a pandas programmer would write it, over evidence made by
                        DuckDB, or by pandas as well
    splink_model        Splink 5: a trained Fellegi-Sunter model on the same evidence

Each has `clusters(lake)`: the folder of a lake in, a table (domain, cluster) out; clusters have at least three domains,
as the product's have. `evidence` reads the lake for them, `evidence_frame` for whom has pandas alone. None imports the
product's linking.
"""
