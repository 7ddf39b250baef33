"""What is done: commands and jobs over `scoring` and `models`."""

from pathlib import Path

#: The folder that holds the three packages `scoring`, `models` and `pipelines`.
ROOT = Path(__file__).resolve().parents[1]

__version__ = "0.1.0"
