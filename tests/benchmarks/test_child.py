"""A child is measured from outside: memory of a known size, its children's too, CPU seconds, failures."""

import subprocess
import sys

import pytest

from benchmarks.speed.child import Failed, resident, run

#: It holds the memory long enough for a reading on a busy machine.
HOLD = "import time\nheld = b'x' * 300_000_000\ntime.sleep(0.8)"


def test_the_peak_of_a_child_that_holds_300_megabytes() -> None:
    done = run([sys.executable, "-c", HOLD])
    assert 300e6 < done.peak_bytes < 340e6
    assert done.seconds > 0.8


def test_a_peak_between_two_readings_counts() -> None:
    freed = "held = b'x' * 300_000_000\ndel held\nprint(flush=True)\ninput()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", freed], stdin=pipe, stdout=pipe, text=True) as child:
        child.stdout.readline()
        most = resident(child.pid)
        child.communicate("done")
    assert 300e6 < most < 340e6


def test_two_processes_at_a_time_count_together() -> None:
    both = f"import subprocess, sys\nheld = b'x' * 200_000_000\nsubprocess.run([sys.executable, '-c', {HOLD!r}])"
    assert 500e6 < run([sys.executable, "-c", both]).peak_bytes < 560e6


def test_cpu_seconds_are_of_the_child_and_its_children() -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    nested = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {work!r}])"
    assert 0.3 <= run([sys.executable, "-c", nested]).cpu_seconds < 0.8
    assert run([sys.executable, "-c", "import time\ntime.sleep(0.4)"]).cpu_seconds < 0.3


def test_a_child_that_fails_is_reported_with_its_output() -> None:
    with pytest.raises(Failed, match=r"ended with exit code 3:\nsaid\ncomplained"):
        run([sys.executable, "-c", "import sys\nprint('said')\nsys.stderr.write('complained')\nsys.exit(3)"])


def test_an_environment_is_added_to_our_own() -> None:
    child = run(
        [sys.executable, "-c", "import os\nprint(os.environ['CLOSEDWON_X'], 'PATH' in os.environ)"],
        {"CLOSEDWON_X": "7"},
    )
    assert child.output == "7 True\n"
