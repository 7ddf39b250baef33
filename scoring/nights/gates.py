"""The gates of a night: may these scores be published? Pure functions that return their reasons.

The gates check a night against the records of the nights before it, as the ledger keeps them. Usual is the median of
the last nights; before there are any, it is what the scorecard says about the population that it was centred on. A
share or a count must move far, and further than chance moves the few rows of a small company. A night that somebody
forced sets a new usual: counts and shares are compared with it and later nights.

Measured on the simulated market of 800 accounts, in the six months after its training. There was no false alarm in 36
nights in a row, 26 weekly and 7 four-weekly ones, nor in any of the 56 as a first night; nor in 16, 20, 5 and 30 nights
on a part of the market with 90 open accounts. The largest PSI of the scores of the whole market was 0.006, 0.015 and
0.025 from night to night, and 0.040 against training. Each of these was stopped in one night: half of the activities or
of the deals missing, a month of activities missing, a table missing, an export three days old, a column missing, empty
or half empty, one level or all levels of an attribute renamed, a kind of activity renamed, 4 % of the leads garbled;
the validation stopped half of the accounts or leads missing. In a first night, half of the deals missing and garbled
leads are not seen, and half of the newest month's activities missing is never seen. Of 61 nights on markets of 150, 800
and 3,000 accounts, the weeks of `inputs.flow` stopped none; without the activities of the last six days, they stopped
51, 60 and 61.
"""

from collections.abc import Sequence

from scoring.evidence.finding import GateResult
from scoring.nights import export, served
from scoring.nights.record import CandidateNight, NightRecord
from scoring.nights.usual import NightLimits


def decide_night(tonight: CandidateNight, past: Sequence[NightRecord], limits: NightLimits) -> tuple[GateResult, ...]:
    """Decide whether a night may be published.

    Parameters
    ----------
    tonight : CandidateNight
    past : sequence of NightRecord
        The nights published before, oldest first.
    limits : NightLimits
        What may be published without a question.

    Returns
    -------
    tuple of GateResult
        Always in this order: `as_of`, `tables`, `rows`, `freshness`, `activities` (only with `flow`), `rejects`,
        `missing`, `categories`, `scores`, `crm` (only with CRMs that were asked for). The night may be published if
        every one is kept; if not, the reason says why, and what to do.
    """
    before = [night for night in past if night.as_of < tonight.as_of]
    last = before[-limits.nights :]
    usual = _since_forced(last)
    findings = {
        "as_of": export.forwards(tonight, past),
        "tables": export.complete(tonight, past),
        "rows": export.counted(tonight, usual, limits),
        "freshness": export.fresh(tonight, before, limits),
    }
    if tonight.flow:
        findings["activities"] = export.still_flowing(tonight)
    findings |= {
        "rejects": export.few_rejects(tonight, usual, limits),
        "missing": served.filled(tonight, usual, limits),
        "categories": served.understood(tonight, usual, limits),
        "scores": served.alike(tonight, last, limits),
    }
    if tonight.fitting:
        findings["crm"] = served.importable(tonight)
    return tuple(GateResult.of(name, finding) for name, finding in findings.items())


def _since_forced(nights: Sequence[NightRecord]) -> Sequence[NightRecord]:
    forced = [i for i, night in enumerate(nights) if night.forced]
    return nights[forced[-1] :] if forced else nights
