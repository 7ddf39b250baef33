"""The question that a scorecard answers: what counts as a win, and who can have one.

One dated example, of an account that won new business on 2026-02-10, a renewal on 2026-02-20, and new business again on
2026-04-05; the horizon is 180 days:

                    as of 2026-02-01            as of 2026-02-15                as of 2026-03-01
    new_business    a win on 2026-02-10         a customer: not in the ranking  likewise
    any             a win on 2026-02-10         a win on 2026-02-20             a win on 2026-04-05

So with `any` a customer stays in the ranking, and a win is the first deal of any type that is won in the horizon. How
often and how lately it has won before are facts like all others (`scoring.features.deals.dealings`).
"""

from typing import Literal

import ibis
import ibis.expr.types as ir

#: `new_business`: the first won new business of those who are not customers yet. `any`: the next of any type.
Win = Literal["new_business", "any"]
#: The type of the deals that `new_business` asks for.
NEW_BUSINESS = "new_business"
#: Each question in words, after "the probability of".
IN_WORDS: dict[Win, str] = {
    "new_business": "the first won new business of those who are not customers yet",
    "any": "the next won deal of any type, of customers too",
}


def asked(opportunity_type: ir.StringValue, win: Win) -> ir.BooleanValue:
    """Whether a deal is of a type that is predicted.

    Parameters
    ----------
    opportunity_type : StringValue
        `new_business`, `expansion` or `renewal`.
    win : {"new_business", "any"}
    """
    return ibis.literal(True) if win == "any" else opportunity_type == NEW_BUSINESS
