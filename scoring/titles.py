"""What a job title says: how senior, and which department. Read by patterns, in order, first match wins."""

import ibis
import ibis.expr.types as ir

#: Seniority levels, most telling first: "vice president" must not read as "president", an intern in finance is an intern.
SENIORITY: tuple[tuple[str, str], ...] = (
    (
        "student",
        r"\b(intern|internship|student|trainee|apprentice|working student|praktikant\w*|stagiaire|werkstudent\w*)\b",
    ),
    ("assistant", r"\b(assistant|secretary|receptionist|personal assistant|assistenz|assistente)\b"),
    ("vp", r"\b(s?vp|evp|avp|vice[ -]president)\b"),
    (
        "c_level",
        r"\b(c[efimotrs]o|cmo|cro|cpo|cdo|ciso|chro|chief|founder|co-?founder|owner|president|managing director|"
        r"general manager|gesch[aä]ftsf[uü]hrer\w*|directeur g[eé]n[eé]ral|s[oó]cio|inhaber\w*)\b",
    ),
    ("director", r"\b(director|head|direktor\w*|directeur|directrice|diretor\w*|leiter\w*|partner)\b"),
    ("manager", r"\b(manager|lead|team ?lead|supervisor|coordinator|gerente|responsable|principal)\b"),
    ("staff", r"\w"),
)

#: The levels that sign: their engagement tells of a decision, not of an errand.
DECISION_MAKERS = ("c_level", "vp", "director")

DEPARTMENT: tuple[tuple[str, str], ...] = (
    ("finance", r"\b(cfo|financ\w*|controll\w*|account(ing|ant|ants|s)?|treasur\w*|audit\w*)\b"),
    ("procurement", r"\b(procurement|purchas\w*|buyer|sourcing|einkauf\w*|achats|compras)\b"),
    (
        "it",
        r"\b(cio|cto|ciso|it|i\.t\.|information|technology|engineer\w*|develop\w*|software|data|security|infrastructure|devops|architect\w*|system\w*)\b",
    ),
    ("marketing", r"\b(cmo|marketing|brand|content|growth|communications?|demand)\b"),
    (
        "sales",
        r"\b(cro|sales|revenue|business development|account (executive|manager)|vertrieb\w*|vendas|ventas|commercial)\b",
    ),
    (
        "operations",
        r"\b(coo|operations?|logistic\w*|supply|production|manufactur\w*|plant|quality|facilit\w*)\b",
    ),
    ("hr", r"\b(chro|hr|human resources|people|talent|recruit\w*|personal\w*)\b"),
    ("legal", r"\b(legal|counsel|compliance|attorney|lawyer|privacy)\b"),
    ("product", r"\b(cpo|product|design\w*|ux|research\w*|r&d|innovation)\b"),
    (
        "management",
        r"\b(ceo|founder|co-?founder|owner|president|managing director|general manager|executive|partner)\b",
    ),
    ("other", r"\w"),
)


def seniority(title: ir.StringValue) -> ir.StringValue:
    """Level read from a title: `c_level`, `vp`, `director`, `manager`, `staff`, `assistant`, `student`; null if blank."""
    return _first_match(title, SENIORITY)


def department(title: ir.StringValue) -> ir.StringValue:
    """Department read from a title, `other` where none is named; null if blank."""
    return _first_match(title, DEPARTMENT)


def decides(level: ir.StringValue) -> ir.BooleanValue:
    """Whether a seniority level is a decision maker's; false where it is not known."""
    return level.isin(DECISION_MAKERS).fill_null(False)


def _first_match(title: ir.StringValue, patterns: tuple[tuple[str, str], ...]) -> ir.StringValue:
    lowered = title.lower()
    return ibis.cases(*[(lowered.re_search(pattern), name) for name, pattern in patterns])
