"""The names of columns that hold ready-made scores, as patterns of whole plain names: see `columns.role_patterns`.

`predictive_maintenance` is no score, and `6sense_industry` is an attribute, whoever told it.
"""

#: Whose a score, an id or a trait is.
WHOSE = "(?:account|company|contact|lead|customer|person|organi[sz]ation|prospect|client|record|opp|opportunity|deal)"

#: What makers of scores call their own: whatever they say of it, it was made from touches or deals.
_MAKERS = (
    "6_?sense|six_?sense|mad_?kudu|mk|demand_?base|bombora|zoom_?info|clearbit|g2|terminus|roll_?works|lead_?space|lattice|"
    "infer|ever_?string|mintigo|cognism|common_?room|pocus|koala|warmly|keyplay|hg_?insights|tech_?target|lead_?feeder|"
    "deal_?front|apollo|gong|clari|breadcrumbs|toplyne|pardot|marketo|eloqua|triblio|slintel|intentsify|hubspot|salesforce|"
    "einstein|dynamics|zoho|freshsales|pipedrive|active_?campaign|mailchimp|outreach|salesloft|people_?ai|gainsight|totango"
)
_MADE = (
    "scor(?:e|ing)|stage|grade|rating|rank|fit|intent|predict(?:ion|ive|ed|s)?|surg(?:e|ing)|propensity|likelihood|"
    "temperature|engagement|readiness|signals?|strength|qualified|qualification|pipeline|reach|buying|6_?qa|sentiment"
)
SCORE = (
    rf"(?:.+_)?(?:{_MAKERS})_(?:.+_)?(?:{_MADE})(?:_(?:{_MADE}|v?\d+|level|tier|segment|value|points|minutes|date|name|status|"
    rf"topics?|count))*|(?:.+_)?(?:{_MADE})_(?:{_MADE}|level|by|from|_)*_?(?:{_MAKERS})|(?:.+_)?(?:is_)?6_?qa(?:_.+)?|"
    r"(?:.+_)?(?:buyer_|buying_)?intent_(?:topics?|keywords?|surge|data|signals?|score|stage|level|rating|grade|strength|trend|"
    r"activity|events?|value|rank|tier|index)(?:_.*)?|(?:.+_)?(?:surg(?:e|ing)_(?:score|topics?|keywords?|count|level|intent)|"
    r"topics?_surg(?:e|ing)|surging)(?:_count)?|(?:.+_)?(?:buying|purchase|buyer)_(?:stage|score|grade|rating|phase)|"
    rf"score|probability|prob|pwin|p_win|likelihood|(?:{WHOSE}|hubspot|hs|marketo|pardot|sugar|zoho|salesforce|sales|mql|sql|"
    r"pql|icp|engagement|behaviou?r|behaviou?ral|fit|intent|demographic|firmographic|predictive|predicted|propensity|"
    r"einstein|ai|ml|model|buying|readiness|hotness|likelihood|health|customer_health|account_health|relationship|churn|"
    r"overall|total|final|composite|combined|priority|interest|activity|win|upsell|renewal|conversion|lead_fit)_?"
    r"(?:score|rating|grade|points|tier_score|ranking|rank|index|percentile|decile)s?(?:_.*)?|"
    r"(?:account_|customer_|relationship_|client_)?health|(?:lead|account|contact|prospect|opportunity|deal|mql|sql)_?"
    r"(?:quality|priority|heat|temperature|warmth|hotness|ranking|rank|readiness|potential_score)|"
    r"(?:is_)?hot_(?:lead|account|prospect)|is_hot|hotness|warmth|lead_?(?:scoring|grade|qualitat|qualitaet)|"
    r".*propensity.*|(?:.*_)?einstein_(?:.*_)?(?:score|scoring|rating|insight|tier|rank)(?:_.*)?|"
    r"predict(?:ive|ed)_?(?:.*score.*|.*scoring.*|(?:win|close|conversion|churn|lead|revenue|amount|value|ltv|clv)(?:_.*)?|"
    r"grade|rank|tier|likelihood|outcome)|(?:win|won|close|closing|conversion|conv|buying|purchase|deal|churn|renewal|success|"
    r"opportunity|opp|lead)_(?:probability|prob|likelihood|chance|pct|percent|propensity|confidence|risk)|"
    r"(?:likelihood|probability|chance|prob|propensity)_(?:to|of)_(?:clos|buy|purchas|conver|win|churn|renew|respond|engag).*|"
    r"(?:buying|purchase|buyer)_?(?:intent|readiness|signals?)(?:_(?:level|strength|score))?|intent_(?:level|strength|stage)|"
    r"engagement_?(?:level|tier|index)|contact_priority|forecast_?(?:category|probability)|temperature_of_lead|scoring|"
    r"leadbewertung|lead_?punkt(?:e|zahl)|(?:abschluss|gewinn|kauf)_?(?:wahrscheinlichkeit|chance)|wahrscheinlichkeit|"
    r"probabilite(?:_.*)?|probabilidad(?:_.*)?|probabilidade(?:_.*)?|puntuacion(?:_.*)?|pontuacao(?:_.*)?|"
    r"score_(?:lead|prospect|client)|punteggio(?:_.*)?|kundenbewertung|at_risk|churn_risk_level"
)
#: Names that may be a score: their values must tell.
DOUBTFUL_SCORES = r"rating|bewertung|priority|prioritat|prioritaet|quality|temperature|heat|potential"
