"""Meaning: pure functions from an answer's bytes to an outcome and a record. Nothing here talks, and nothing raises."""
