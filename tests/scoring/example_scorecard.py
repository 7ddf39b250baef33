"""The example of `example_scorecard.json`, and scorecards that differ from it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scoring.scorecard.scorecard import Scorecard

FILE = Path(__file__).with_name("example_scorecard.json")
EXAMPLE: dict[str, Any] = json.loads(FILE.read_text())


def scorecard_of(content: Mapping[str, Any]) -> Scorecard:
    """The scorecard of some content, with the example's for what it does not say."""
    return Scorecard.from_json(EXAMPLE | content)
