"""What is done: commands and jobs over `scoring` and `models`."""

import os
from pathlib import Path

# One thread for the sums of numpy, which must not depend on the machine's cores. On small tables, and on a busy
# machine, its threads only wait for each other: a small training took three times the time of the processor. It is
# read when numpy is loaded first; who wants another number sets it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

#: The folder that holds the three packages `scoring`, `models` and `pipelines`.
ROOT = Path(__file__).resolve().parents[1]

__version__ = "0.1.0"
