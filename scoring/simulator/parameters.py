"""What the simulated market is like, and which part of it is being made."""

from dataclasses import dataclass
from math import inf

import pandas as pd


@dataclass(frozen=True)
class Parameters:
    """Rates and shares of the market; rates are per week, shares are fractions of one.

    Nothing in here depends on the number of accounts: whole chunks of a small market are the same in a large
    one.
    """

    chunk_accounts: int = 4_000
    """Accounts simulated at a time; part of what the seed reproduces."""

    # Who is there, and since when.
    existing_share: float = 0.35
    """Accounts already known on the first day; the others arrive evenly over the weeks."""
    flood_share: float = 0.13
    """Accounts brought by the cheap channel (`paid_social`) between `flood_from` and `flood_until`."""
    flood_from: int = 104
    flood_until: int = 156
    """Weeks since the start: the last year before the default cut of 156 weeks."""
    flood_fit: float = -5.0
    """Log-odds of fit of a flooded account: fewer than one win in 2,000 half-years."""
    new_channel_share: float = 0.0
    """Accounts that arrive from week `new_channel_from` on and come by a new channel (`podcast`), as a share of those.
    They do what others do."""
    new_channel_from: int = 104
    new_channel_fit: float = 0.0
    """What the new channel adds to the log-odds of fit; no attribute but the channel shows it."""
    hidden_fit: float = 0.25
    """Standard deviation of the part of fit (log-odds) that no attribute shows."""

    # How an account buys.
    research: float = 0.018
    """Idle to researching at average fit."""
    season: float = 0.12
    """Amplitude of the yearly wave on `research`."""
    drift: float = -0.03
    """Relative change of `research` per year."""
    step: float = 1.0
    """Factor on `research` from week `step_from` on."""
    step_from: int = 104
    neglected: tuple[str, ...] = ()
    """The countries and industries whose accounts sales leaves alone from week `neglected_from` on."""
    neglected_from: int = 0
    neglected_deals: float = 0.1
    """Factor on the chance that an evaluation becomes a deal where nobody calls."""
    call_effect: float = 1.0
    """What a call adds, in its week, to the chance that research becomes an evaluation and an evaluation a deal, as a
    multiple of that chance, where the account has just woken up. Only `calls` and the futures of who is called read it:
    the history of a market is that of ordinary selling."""
    call_half_life: float = 2.0
    """Weeks since the account woke up after which a call adds half as much."""
    deals_at_once: float = inf
    """Deals that sales can work at once, for each 1,000 accounts of the market: beyond them evaluations wait. With a
    limit accounts are in each other's way, and no closed form gives the truth."""
    repeat: float = 0.0
    """Factor on the chance that a customer of average loyalty wakes up, to buy again. With 0 a win is the last new
    business of an account, and renewals and expansions follow; else further new business follows instead."""
    loyalty: float = 1.0
    """Standard deviation of the logarithm of the loyalty of an account, which nothing shows but what it buys."""
    deal_won: tuple[float, float] = (0.08, 0.52)
    """Share of deals won at the worst and at the best fit."""
    buyers_in_deals: float = 1.0
    """Accounts whose deciders engage while a deal is open; those of the others are silent then, and back after it."""
    buyer_effect: float = 0.0
    """By how much the log-odds that a deal is won are higher where they engage than where they do not."""

    # What a win is worth.
    amount_median: float = 18_000.0
    """Median amount of a win at 200 employees, in the currency of the export."""
    amount_size: float = 0.45
    """Elasticity of the amount with the number of employees."""
    amount_noise: float = 0.5
    """Standard deviation of the logarithm of the amount that nothing explains."""
    amount_errors: tuple[float, float, float] = (0.3, 0.2, 0.1)
    """Standard deviations of the logarithm of the planned amount of a deal: what is lost at `proposal` and at
    `negotiation`, and what is left until the end."""
    pilot_share: float = 0.01
    """Wins booked at zero: free pilots."""

    # What the export shows of it.
    anonymous_share: float = 0.05
    """Engagements recognised by company only: an account, no lead."""
    unlinked_share: float = 0.10
    """Leads without an account id; most can be matched by the domain of their email."""
    stray_share: float = 0.02
    """Leads that belong to no account at all, relative to the accounts' leads."""
    late_share: float = 0.03
    """Activities that reach the CRM days after they happened."""
    late_deals: float = 0.04
    """Opportunities entered days after they were created."""
    primary_share: float = 0.85
    """Opportunities that name a primary contact."""
    onboarded_share: float = 0.95
    """Winners whose `onboarding_tier` is filled some days after the win: the leaking attribute."""
    mistaken_tier: float = 0.01
    """Other accounts where it is filled by mistake."""
    bot_share: float = 0.06
    """Leads behind a mail gateway that opens every mail, often and at once."""
    scanner_share: float = 0.0
    """Accounts behind a mail gateway that opens every link of each mail within seconds; see `machines`."""
    follower_share: float = 0.0
    """Accounts behind one that follows one link of each mail within minutes."""
    newsletter: float = 0.042
    """Outbound mails per lead and week."""

    def most_deals(self, accounts: int) -> float:
        """Return how many deals can be open at once in a chunk of so many accounts."""
        return self.deals_at_once * accounts / 1_000


@dataclass(frozen=True)
class Part:
    """The accounts from number `first` on, in a market of `weeks` that begins at `start`."""

    first: int
    start: pd.Timestamp
    weeks: int
    parameters: Parameters
