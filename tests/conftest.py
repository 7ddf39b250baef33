"""What all tests share: how seldom Python looks for cycles of objects, and no clock over drawn examples."""

import atexit
import gc
import os

import pytest
from hypothesis import settings

# A busy machine makes an example slow, and no test wrong.
settings.register_profile("closedwon", deadline=None)
settings.load_profile("closedwon")

# As `pipelines` sets it. It is read when numpy is loaded, which tests load before.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# As the command line sets it. Ibis makes millions of small objects, among which there is little to find.
gc.set_threshold(100_000)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker of pytest-xdist leave without a word: its tests are over, and all that they said is reported.

    DuckDB's bindings list what the interpreter has not freed when it ends ("nanobind: leaked 84 functions!"). That
    depends on the order of the interpreter's last steps, is no fault of a test, and would follow the summary.
    """
    if hasattr(session.config, "workerinput"):
        atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))
