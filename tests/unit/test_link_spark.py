"""The steps of linking on Spark, against the same files on DuckDB: one window, two engines, the same clusters.

The window is two days of the lab's small world, and a campaign made by hand. Of the pairs of fields those of a few
fields are taken, by both engines: the step is the same for each pair, and on Spark each costs a quarter of a second.
"""

import datetime as dt
import os
import shutil
from collections import Counter
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pytest

from churn.lab.facts import write_facts
from churn.lab.world import build_world
from churn.link import method, traits
from churn.link.engine import DuckEngine, Part
from churn.link.fields import PAIRS
from churn.settings import load_settings
from churn.store.database import lake_database, lake_of

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")

FIELDS = {"registrant_email", "created_minute", "name_servers", "address", "template", "arrival_day"}
CONF = {
    "spark.master": "local[2]",
    "spark.driver.memory": "1g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    # Statements over few rows: compiling one takes longer than running it, and each broadcast is a job. Nor is what
    # Spark ships verified octet by octet again, or compiled code cleared away in a process that ends in a minute.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UseCodeCacheFlushing"
    " -XX:ReservedCodeCacheSize=128m -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}
CAMPAIGN = {f"quiet{chr(97 + i % 26)}{chr(97 + i // 26)}x.test" for i in range(60)}
SIBLING = "7-zq-41.test"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Spark in a Java of its own that ends with the tests; without it they are skipped, and in CI they fail."""
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        unavailable("pyspark is not installed: it is in the dependency group `spark`.")
    if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
        unavailable("There is no Java: install the package `openjdk-17-jre-headless`.")
    folder = tmp_path_factory.mktemp("spark")
    conf = CONF | {"spark.local.dir": f"{folder}/local", "spark.sql.warehouse.dir": f"{folder}/warehouse"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = SparkSession.builder.config(conf=SparkConf().setAll(conf.items())).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
    gateway = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


def unavailable(why):
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def facts_by_hand(settings, day):
    """One operator: two addresses, its own name servers, two minutes at one registrar.

    Of one of its names only the DNS is known; another answers from elsewhere on the day after.
    """
    now = settings.now(day)
    lake = lake_of(settings)
    names = [*sorted(CAMPAIGN), SIBLING]
    common = [{"domain": name, "day": day} for name in names]
    lake.write_rows(
        "sighting",
        day,
        "hand",
        [row | {"fqdn": row["domain"], "kind": "registered", "feed": "hand", "seen_at": now} for row in common],
    )
    answers = [
        row | {"observed_at": now, "rcode": "NOERROR", "a": [f"203.0.113.{i % 2}"], "ns": ["ns1.own.test"]}
        for i, row in enumerate(common)
    ]
    lake.write_rows("hosting", day, "hand", answers)
    after = day + dt.timedelta(days=1)
    moved = {"observed_at": settings.now(after), "day": after, "a": ["198.18.0.1"], "ns": ["ns1.other.test"]}
    lake.write_rows("hosting", after, "hand", [answers[0] | moved])
    records = [
        row
        | {"observed_at": now, "source": "rdap", "registrar": "R", "registrar_iana_id": 77}
        | {"created_at": dt.datetime.combine(day, dt.time(5, 30 + i % 2, 7), dt.UTC)}
        for i, row in enumerate(common[:-1])
    ]
    lake.write_rows("registration", day, "hand", records)


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    """The settings, and the first and last day, of a window whose traits are made."""
    settings = load_settings(data=tmp_path_factory.mktemp("window"), clock="day")
    world = build_world("small", 1)
    since, until = world.days[-2:]
    write_facts(world, lake_of(settings), registrations_per_day=700, days=(since, until))
    facts_by_hand(settings, since)
    for _ in traits.ensure(settings, since, until):
        pass
    return settings, since, until


@pytest.fixture(scope="module")
def linked(session, window, tmp_path_factory):
    """The tables of both engines: a call by name gives the rows of each, sorted."""
    from churn.link.spark_engine import SparkEngine

    settings, since, until = window
    folder = tmp_path_factory.mktemp("tables")
    spark = SparkEngine(session, str(folder / "made"), partitions=1)
    with duckdb.connect(config={"threads": 1}) as con, pytest.MonkeyPatch.context() as patch:
        patch.setattr(method, "PAIRS", tuple(pair for pair in PAIRS if {field.name for field in pair} <= FIELDS))
        for file in traits.FILES:
            traits.view(con, settings, file, since, until)
            spark.read(file, *map(str, traits.kept(settings, file, since, until)))
        for engine in (DuckEngine(con), spark):
            method.link(engine, settings.link_tau, settings.link_rho, lambda _: None)

        def rows(table, columns):
            one = con.table(table).project(columns).to_arrow_table()
            other = spark.table(table).selectExpr(*columns.split(", ")).toArrow()
            assert one.column_names == other.column_names
            return tuple(sorted(zip(*each.to_pydict().values(), strict=True), key=str) for each in (one, other))

        yield SimpleNamespace(rows=rows, con=con, spark=spark)


def test_every_domain_is_in_the_same_cluster_in_the_same_role(linked):
    one, other = linked.rows("member", "id, component, role")
    assert one == other
    sizes = Counter(component for _, component, _ in one)
    assert len(sizes) > 5
    assert {role for _, _, role in one} == {"core", "attached"}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("candidate_value", "code, field, value, domains, field_domains"),
        ("again_shared", "id, day, field, code"),
        ("joint", "u, v, domains"),
        ("joint_member", "joint_id, id"),
        ("robustness", "id, holds"),
        ("strongest", "id, code"),
        ("inside", "component, code, domains"),
    ],
)
def test_the_tables_on_the_way_are_the_same(linked, table, columns):
    one, other = linked.rows(table, columns)
    assert one == other
    assert len(one) > 10


@pytest.mark.parametrize(("table", "columns"), [("joint", "u, v, expected, surprise"), ("tie", "id, code, weight")])
def test_numbers_are_the_same_but_for_rounding(linked, table, columns):
    one, other = linked.rows(table, columns)
    assert len(one) == len(other)
    for ours, theirs in zip(one, other, strict=True):
        assert theirs == pytest.approx(ours, rel=1e-12)


def test_the_campaign_by_hand_is_one_cluster_with_its_sibling(linked, window):
    settings, since, until = window
    with lake_database(settings, since=since, until=until) as lake:
        names = sorted({name for (name,) in lake.sql("SELECT DISTINCT domain FROM sighting").fetchall()})
    numbers = linked.con.sql("SELECT unnest($names) AS domain", params={"names": names})
    domain_of = dict(numbers.project("number_of(domain), domain").fetchall())
    _, rows = linked.rows("member", "id, component, role")
    clusters = {}
    for number, component, role in rows:
        clusters.setdefault(component, {})[domain_of[number]] = role
    (ours,) = [members for members in clusters.values() if CAMPAIGN & members.keys()]
    assert ours == dict.fromkeys(CAMPAIGN, "core") | {SIBLING: "attached"}


@pytest.mark.parametrize("file", traits.FILES)
def test_step_1_reads_the_same_off_the_evidence(linked, window, tmp_path, file):
    """The numbers of values are the engine's own; rows, nulls and how many values there are, are not."""
    settings, since, until = window
    with lake_database(settings, since=since, until=until) as lake:
        for view in (*traits.VIEWS, "certificate", "name_form"):
            path = str(tmp_path / f"{view}.parquet")
            lake.table(view).write_parquet(path)
            linked.spark.read(view, path)
    made = linked.spark.rows(file)
    kept = linked.con.table(file).to_arrow_table()
    assert made.column_names == kept.column_names
    assert profile(made) == profile(kept)


def profile(table):
    """Of each column how many values it has, and how often each occurs; of a pair of columns with `id` likewise."""
    ids = table["id"].to_pylist()
    found = {}
    for name in table.column_names:
        values = table[name].to_pylist()
        found[name] = (
            sorted(Counter(value for value in values if value is not None).values()),
            len({(one, value) for one, value in zip(ids, values, strict=True) if value is not None}),
        )
    return found


def test_as_many_partitions_as_spark_likes(linked, session, window, tmp_path):
    """Steps that add to a table, with exchanges: in pieces, beyond what is run together."""
    from churn.link.spark_engine import MOST_TOGETHER, SparkEngine

    settings, since, until = window
    engine = SparkEngine(session, str(tmp_path))
    for file in traits.FILES:
        engine.read(file, *map(str, traits.kept(settings, file, since, until)))
    engine.count_each("occurring_domain", "occurring_domain", [Part("domains")], 2, lambda _: None)
    engine.make("again")
    engine.view("column_of", "trait", {"id": "id", "value": "series", "observed_at": "reported_at"})
    for _ in range(MOST_TOGETHER + 1):
        engine.add("again_value", "again_value", field=14, name="series")
    (once, _) = linked.rows("again_value", "id, day, field, value")
    once = [row for row in once if row[2] == 14]
    assert len(once) > 10
    made = engine.table("again_value").select("id", "day", "field", "value")
    found = Counter(zip(*made.toArrow().to_pydict().values(), strict=True))
    assert found == dict.fromkeys(once, MOST_TOGETHER + 1)


def test_a_table_is_made_once_and_rows_of_another_run_are_not_added_to(session, tmp_path):
    from churn.link.spark_engine import SparkEngine

    rows = pa.table({"id": pa.array([1, 2], pa.int64())})
    engine = SparkEngine(session, str(tmp_path))
    engine.put("core_member", rows)
    for each in (engine, SparkEngine(session, str(tmp_path))):
        with pytest.raises(Exception, match="PATH_ALREADY_EXISTS"):
            each.put("core_member", rows)
