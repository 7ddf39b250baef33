"""The served model, as code: MLflow runs this file wherever the model is loaded.

With it travel `scoring/scorecard/lookup.py` and `scorecard.json`, and no pickle. It needs mlflow, numpy and pandas.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from scoring.scorecard.lookup import Lookup


class ServedScorecard(PythonModel):
    """A scorecard that takes a frame with its features, float64 or text (a boolean is "true" or "false")."""

    def load_context(self, context: Any) -> None:
        """Read the scorecard; MLflow finds this method by its name."""
        content = json.loads(Path(context.artifacts["scorecard"]).read_text(encoding="utf-8"))
        self.lookup = Lookup(content)

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Score every row of a frame; the columns are those of `Lookup.score`."""
        return pd.DataFrame(self.lookup.score(model_input), index=model_input.index)


set_model(ServedScorecard())
