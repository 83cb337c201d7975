"""Enrich: what registries, name servers and hosts say of the day's names."""

from churn.enrich.resolving import resolve
from churn.enrich.stage import run

__all__ = ["resolve", "run"]
