"""The file of a company's own features: TOML, read into declarations."""

import tomllib
from dataclasses import replace
from pathlib import Path

from pipelines.errors import UsageError
from scoring.contracts.cells import column_key
from scoring.features.own import Undeclarable, read
from scoring.features.spec import Attribute, Feature, Listed, Ratio


def read_features(path: Path) -> tuple[Feature, ...]:
    """The features that a TOML file declares.

    Raises
    ------
    UsageError
        If the file cannot be read; or with a line for each error, which names the file, the feature, the key and what
        is allowed.
    """
    try:
        return tuple(_keyed(feature) for feature in read(tomllib.loads(path.read_text(encoding="utf-8-sig"))))
    except OSError as error:
        raise UsageError(f"cannot read the features file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the features file {path} is not valid TOML: {error}") from error
    except Undeclarable as error:
        lines = str(error).splitlines()
        raise UsageError("\n".join(f"the features file {path}: {line}" for line in lines)) from error


def _keyed(feature: Feature) -> Feature:
    """The feature with its columns called as intake calls them: `Annual Revenue` is `annual_revenue`."""
    if isinstance(feature, Attribute | Listed):
        return replace(feature, column=column_key(feature.column))
    if isinstance(feature, Ratio):
        return replace(feature, numerator=column_key(feature.numerator), denominator=column_key(feature.denominator))
    return feature
