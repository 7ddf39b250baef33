"""`python -m pipelines` is the command `closedwon`, from a checkout that need not be installed."""

import sys

from pipelines.cli import main

if __name__ == "__main__":  # a worker process imports this file under another name
    sys.exit(main())
