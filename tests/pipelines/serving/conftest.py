"""The engines of a module's own: a local Spark, and a PostgreSQL server."""

import shutil
from collections.abc import Iterator

import pytest

from tests.crm import postgres


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A local Spark, begun once: `--engine spark` takes the session that is there."""
    pyspark = pytest.importorskip("pyspark.sql", reason="no PySpark here: pip install pyspark")
    if shutil.which("java") is None:
        pytest.skip("no Java here: apt-get install default-jre-headless")
    with pytest.MonkeyPatch.context() as patch:
        # The compiler of Java that starts soonest: nothing here runs for long.
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        place = str(tmp_path_factory.mktemp("warehouse"))
        settings = {
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": place,
        }
        session = pyspark.SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield "spark"
    session.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server of this module's own."""
    with postgres.server() as address:
        yield address
