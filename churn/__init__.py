"""domain-churn: bursts of related domains, seen on the first morning, explained, and put before whoever can act.

The flow, a package a stage, each reading and writing tables only (the schema is `churn.store.schema`):

    feed bytes --collect--> sighting --enrich--> registration, hosting, certificate (a `lookup` row a try)
      --link--> cluster_day, cluster_member, link (the ledger), lineage --burst--> burst, burst_member
      --packets--> one packet a registrar --report--> the published database and the analysts' page of the day

`flow` runs the stages of a day; the command line (`cli`) and Airflow (`orchestrate`, `dags/`) are two callers of it.
`lab` is an Internet on the loopback to run all this against.
"""
