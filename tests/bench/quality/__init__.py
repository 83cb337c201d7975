"""The benchmark of quality: scores by a truth (`score`), lab worlds (`worlds`), a real set (`hidden`).

`tests/bench/bench_quality.py` puts them together.
"""
