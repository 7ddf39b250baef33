"""Names of companies compared by Splink: the model, what teaches it, and the pairs that it finds.

The model is that of Fellegi and Sunter: how often names of one company, and of two, agree in each way. Where nothing is
labelled, chance tells of two companies; pairs of one company are those whose domain is known.
"""

from __future__ import annotations

import importlib.util
import logging
import tempfile
import warnings
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.errors import UsageError

#: Pairs that are drawn to learn how often names of two companies agree, and the seed of the draw.
DRAWN, SEED = 500_000, 7
#: A pair with less is no candidate.
LEAST = 0.01
MISSING = "names of companies are compared by Splink, which is not installed: pip install 'closedwon[matching]'"
#: The columns of a table of names.
COLUMNS = ("unique_id", "core", "squeezed", "first", "rare", "form", "country")


def require_splink() -> None:
    """Raise `UsageError` if Splink is not installed."""
    if importlib.util.find_spec("splink") is None:
        raise UsageError(MISSING)


def probable_pairs(
    account_names: pa.Table, lead_names: pa.Table, labels: pa.Table, chance: float, memory_gb: float
) -> pa.Table:
    """The pairs of names that are probably of one company, by Splink, which must be installed.

    Parameters
    ----------
    account_names, lead_names : pa.Table
        Names of accounts and of leads, or twice those of accounts, with `COLUMNS`; ``unique_id`` is a whole number.
    labels : pa.Table
        ``account_name`` and ``lead_name``: pairs of ids that are of one company.
    chance : float
        The probability that two names drawn at random are of one company.
    memory_gb : float

    Returns
    -------
    pa.Table
        ``account_name``, ``lead_name``, ``probability``, by these.
    """
    from splink import DuckDBAPI, Linker

    with (
        warnings.catch_warnings(),
        tempfile.TemporaryDirectory(prefix="closedwon-") as scratch,
        duckdb.connect(config={"memory_limit": f"{memory_gb}GB", "temp_directory": scratch}) as connection,
    ):
        warnings.simplefilter("ignore")
        api = DuckDBAPI(connection)
        tables = [
            api.register(account_names, dataset_display_name="accounts"),
            api.register(lead_names, dataset_display_name="leads"),
        ]
        linker = Linker(tables, settings(chance), log_level=logging.ERROR)
        linker.training.estimate_u_using_random_sampling(max_pairs=DRAWN, seed=SEED)
        named = labels.append_column("source_dataset_l", pa.array(["accounts"] * len(labels), pa.string()))
        named = named.append_column("source_dataset_r", pa.array(["leads"] * len(labels), pa.string()))
        named = named.rename_columns(["unique_id_l", "unique_id_r", "source_dataset_l", "source_dataset_r"])
        taught = linker.table_management.register_labels_table(api.register(named))
        linker.training.estimate_m_from_pairwise_labels(taught)
        found = linker.inference.predict(threshold_match_probability=LEAST)
        # Which of the two stands on the left is Splink's to decide.
        return connection.sql(
            f"""SELECT CASE source_dataset_l WHEN 'accounts' THEN unique_id_l ELSE unique_id_r END AS account_name,
                       CASE source_dataset_l WHEN 'accounts' THEN unique_id_r ELSE unique_id_l END AS lead_name,
                       match_probability AS probability
                FROM {found.physical_name} ORDER BY ALL"""
        ).to_arrow_table()


def settings(chance: float) -> Any:
    """The model: in which ways two names may agree.

    Parameters
    ----------
    chance : float
        As of `probable_pairs`.
    """
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons
    from splink import SettingsCreator, block_on

    distance = "damerau_levenshtein(squeezed_l, squeezed_r)"
    name = comparisons.CustomComparison(
        output_column_name="core",
        comparison_levels=[
            levels.NullLevel("core"),
            levels.ExactMatchLevel("core", term_frequency_adjustments=True),
            levels.CustomLevel("squeezed_l = squeezed_r"),
            levels.CustomLevel(f"least(length(squeezed_l), length(squeezed_r)) > 6 AND {distance} <= 1"),
            levels.CustomLevel("starts_with(core_l, core_r || ' ') OR starts_with(core_r, core_l || ' ')"),
            levels.CustomLevel(f"least(length(squeezed_l), length(squeezed_r)) > 9 AND {distance} <= 2"),
            levels.JaroWinklerLevel("core", 0.92),
            levels.CustomLevel("rare_l = rare_r"),
            levels.ElseLevel(),
        ],
    )
    form = comparisons.CustomComparison(
        output_column_name="form",
        comparison_levels=[levels.NullLevel("form"), levels.ExactMatchLevel("form"), levels.ElseLevel()],
    )
    country = comparisons.CustomComparison(
        output_column_name="country",
        comparison_levels=[levels.NullLevel("country"), levels.ExactMatchLevel("country"), levels.ElseLevel()],
    )
    return SettingsCreator(
        link_type="link_only",
        comparisons=[name, form, country],
        blocking_rules_to_generate_predictions=[
            block_on("core"),
            block_on("substr(squeezed, 1, 6)"),
            block_on("right(squeezed, 6)"),
            block_on("rare"),
            block_on("first"),
        ],
        probability_two_random_records_match=chance,
        retain_matching_columns=False,
    )
