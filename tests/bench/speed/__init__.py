"""The benchmark of linking: lakes of any size (`generate`), peers of the method (`peers`), measured runs (`measure`).

`tests/bench/bench_speed.py` puts them together.
"""
