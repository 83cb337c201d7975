"""Run as a program: prints the variables of the embedded Airflow, one a line, for a shell to read."""

import shlex
import sys

from churn.orchestrate.environment import airflow_environment, new_keys

for name, value in (airflow_environment() | new_keys()).items():
    sys.stdout.write(f"{name}={shlex.quote(value)}\n")
