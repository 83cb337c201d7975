"""The flow behind Airflow: the only package that imports airflow. No work of a stage belongs here.

    environment  an AIRFLOW_HOME of our own, as variables, and its migrated database (imports no Airflow)
    tasks        what a task calls: settings, day, a stage, errors in Airflow's terms (the DAG files import this)
    migration    the program that sets up the metadata database
    runs         a real DAG run in this process, without a scheduler: `churn demo` and the tests
    standalone   `make airflow`: server, scheduler and the lab, for a person to watch in the browser

Airflow takes seconds to import and reads its environment when it is imported; so this package, `environment` and `runs`
import it only when a run starts, and `tasks` imports a stage only when its task runs: parsing a DAG does no work.
"""

from churn.orchestrate.environment import airflow_environment, migrated_home
from churn.orchestrate.runs import DagOutcome, run_dag

__all__ = ["DagOutcome", "airflow_environment", "migrated_home", "run_dag"]
