"""Run as a program by `environment.migrated_home`, in a process of its own: the metadata database and our pools."""

from __future__ import annotations

from airflow.models.pool import Pool
from airflow.utils.db import initdb

from churn.orchestrate.environment import POOLS


def migrate() -> None:
    """Create or upgrade the database that the environment names, and set the pools."""
    initdb()
    for name, pool in POOLS.items():
        Pool.create_or_update_pool(name, slots=pool.slots, description=pool.why, include_deferred=False)


if __name__ == "__main__":
    migrate()
