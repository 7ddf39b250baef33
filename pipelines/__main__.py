"""`python -m pipelines` is the command `closedwon`, from a checkout that need not be installed."""

import sys

from pipelines.cli import main

sys.exit(main())
