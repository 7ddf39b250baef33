"""Names compared by Splink, on a market whose truth is known."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.matching.market import write_market
from pipelines.config import Config, Matching
from pipelines.intake.intake import read_tables
from pipelines.matching.findings import matched, named_records
from pipelines.matching.names import name_links


@pytest.mark.slow
def test_names_are_offered_only_where_they_are_right_and_in_whatever_order_they_come(tmp_path):
    config = replace(Config(), matching=Matching(names=True))
    truth = write_market(tmp_path, 700, 3_500, seed=5)
    intake = read_tables(tmp_path, config, with_pandera=False, with_identities=True)
    found = matched(intake, config)
    links = found.names.links.to_pandas()
    company = {f"A{i}": c for i, c in enumerate(truth.company_of_account)}
    good = links[links["good"]]
    right = good["account_id"].map(company).to_numpy() == truth.company_of_lead[good["lead_id"].str[1:].astype(int)]
    could = len(found.people.filter(found.people.account_id.isnull() & found.people.company.notnull()).to_pandas())
    assert len(good) > 0.2 * could
    assert right.mean() > 0.93
    assert good["lead_id"].is_unique
    accounts, people = named_records(intake, found.people)
    shuffled = people.take(np.random.default_rng(1).permutation(len(people)))
    again = name_links(accounts.take(np.arange(len(accounts))[::-1]), shuffled, config)
    assert again.links.equals(found.names.links)
    assert again.threshold == found.findings.threshold


def test_without_labelled_pairs_nothing_is_offered():
    accounts = pa.table({"account_id": ["A1"], "name": ["Acme Inc"], "country": ["US"], "domain": ["acme.com"]})
    nobody = pa.array([None], pa.string())
    people = pa.table(
        {"lead_id": ["L1"], "account_id": nobody, "company": ["Acme"], "country": ["US"], "elsewhere": [False]}
    )
    found = name_links(accounts, people, Config())
    assert (found.threshold.probability, len(found.links), len(found.accounts)) == (None, 0, 0)
