r"""The seniority and the department of a job title, found by patterns: the first one that matches counts.

A title is read in lower case, without accents and full stops: `V.P. Geschäft` is `vp geschaft`. The patterns mean the
same to the regular expressions of all engines: they have no look-around, and the end of a word is spelled out, since
engines take different letters into ``\b`` and ``\w`` (Java's are those of Unicode, RE2's of ASCII).
"""

import ibis
import ibis.expr.types as ir

ACCENTS = ("àáâãäåçèéêëìíîïñòóôõöùúûü", "aaaaaaceeeeiiiinooooouuuu")


#: A character of a word, and what must stand before and after a word.
LETTER, BEFORE, AFTER = "[a-z0-9_]", "(^|[^a-z0-9_])", "([^a-z0-9_]|$)"


def _words(*alternatives: str) -> str:
    return BEFORE + f"({'|'.join(alternatives)})".replace(r"\w", LETTER) + AFTER


HEAD = _words(
    r"ceo|chief executive|(co-?)?founder|president[ea]?|managing (director|partner)|general manager",
    r"chair(man|woman|person)|board member|member of the board|vorstand\w*|gesch(a|ae)ftsf(u|ue)hr\w*|inhaber\w*",
    r"gr(u|ue)nder\w*|directeur general|directora? general|diretora? geral|gerente (general|geral)|soci[oa]s?",
    r"fondat\w*|fundador\w*|proprietor|proprietari[oa]|proprietaire|amministrat\w* delegat\w*",
    r"(business|company|shop|store|practice|agency|franchise) owner",
)
#: A product owner owns no company, and a partner manager is no partner: these two words count only alone.
OWNER = "(^|[/&,] ?)(co-?)?owner" + AFTER
PARTNER = f"^partner( at{AFTER}| -|,|$)|{BEFORE}(senior|equity|founding) partner$"

#: Seniority levels in order: "vice president" must not match as "president", and an intern in finance is an intern.
SENIORITY: tuple[tuple[str, str], ...] = (
    (
        "student",
        _words(
            r"intern|internship|trainee|apprentice|(working|phd|doctoral|mba|law|graduate) student|student$",
            r"werkstudent\w*|praktik\w*|auszubildende\w*|azubi|stagiaire|alternante?|estagiari[oa]|becari[oa]",
        ),
    ),
    ("vp", _words(r"(assistant|associate) (vp|vice[ -]president)")),
    ("director", _words(r"(assistant|associate|deputy) director")),
    ("manager", _words(r"(assistant|deputy) manager|assistant general manager")),
    (
        "assistant",
        _words(r"assistant|\w*assisten[tz]\w*|secretary|receptionist|sekret\w*|secretari[oa]|secretaire"),
    ),
    ("vp", _words(r"[aers]?vp|vice[ -]?president[ea]?")),
    ("c_level", _words(r"c[cdefimoprstx]o|ciso|chro|c-(level|suite)|chief .*officer")),
    ("c_level", HEAD),
    ("c_level", OWNER),
    ("manager", _words(r"(team|projekt|schicht|gruppen)leit\w*")),
    (
        "director",
        _words(
            r"director[as]?|dir|head|direktor\w*|directeur|directrice|diretora?|prokurist\w*|general counsel",
            r"\w*leiter(in)?|\w*leitung|chief",
        ),
    ),
    ("director", PARTNER),
    (
        "manager",
        _words(
            r"manager\w*|mgr|supervisor\w*|team ?lead|lead$|lead (developer|engineer|architect|designer|consultant)",
            r"principal|gerente|jef[ea]|responsable|gestor\w*|coordenador\w*|coordinador\w*|chef (de|d)",
        ),
    ),
    ("staff", r"\p{L}"),
)

#: The levels of decision makers.
DECISION_MAKERS = ("c_level", "vp", "director")

DEPARTMENT: tuple[tuple[str, str], ...] = (
    (
        "finance",
        _words(
            r"cfo|financ\w*|finanz\w*|controll\w*|accounting|accountants?|accounts (payable|receivable)",
            r"bookkeep\w*|treasur\w*|audit\w*|tax|buchhalt\w*|contab\w*|comptab\w*",
        ),
    ),
    ("procurement", _words(r"procurement|purchas\w*|buyer|sourcing|einkauf\w*|achats|compras")),
    ("legal", _words(r"legal|counsel|compliance|attorney|lawyer|privacy|data protection|juridi\w*|juristi\w*")),
    (
        "hr",
        _words(
            r"chro|hr|human resources|people|talent|recruit\w*|rh|recursos humanos|ressources humaines",
            r"personal(leit|abteil|refer|wesen|chef)\w*|(leiter|leiterin|leitung) personal",
        ),
    ),
    (
        "sales",
        _words(
            r"cro|sales|revenue|business development|account (executive|manager|director)|key accounts?",
            r"vertrieb\w*|verkauf\w*|vendas|ventas|commerciale?|comercial|channel|partner manager|partnerships?",
        ),
    ),
    ("marketing", _words(r"cmo|marketing|brand|content|growth|communications?|demand|kommunikation|pr")),
    ("product", _words(r"cpo|product|design|designers?|ux|research\w*|r ?& ?d|innovation|forschung")),
    (
        "it",
        _words(
            r"cio|cto|ciso|it|informati\w*|technolog\w*|technical|tech|engineer\w*|ingenieu\w*|developer|development",
            r"software|data|cyber\w*|security|infrastructure|network|cloud|devops|architect\w*|systems?|edv",
        ),
    ),
    (
        "operations",
        _words(
            r"coo|operations?|operaciones|logisti\w*|supply|production|produktion\w*|manufactur\w*|plant|quality",
            r"facilit\w*",
        ),
    ),
    ("management", HEAD),
    ("management", OWNER),
    ("management", PARTNER),
    ("management", _words("executive")),
    ("other", r"\p{L}"),
)

#: The levels and the departments in the order of the patterns.
SENIORITIES = tuple(dict.fromkeys(name for name, _ in SENIORITY))
DEPARTMENTS = tuple(dict.fromkeys(name for name, _ in DEPARTMENT))
#: Every seniority with every department, as `position` numbers them from 0.
POSITIONS = tuple((level, name) for level in SENIORITIES for name in DEPARTMENTS)


def seniority(title: ir.StringValue) -> ir.StringValue:
    """The seniority level of a title.

    One of `c_level`, `vp`, `director`, `manager`, `staff`, `assistant`, `student`; null without a letter.
    """
    return _first_match(title, SENIORITY)


def department(title: ir.StringValue) -> ir.StringValue:
    """The department of a title, `other` where it names none; null without a letter."""
    return _first_match(title, DEPARTMENT)


def decides(level: ir.StringValue) -> ir.BooleanValue:
    """Whether a seniority level is that of a decision maker; false where it is not known."""
    return level.isin(DECISION_MAKERS).fill_null(False)


def position(level: ir.StringValue, name: ir.StringValue) -> ir.IntegerValue:
    """Seniority and department as one number, the place in `POSITIONS`; null where one is not known."""
    levels = ibis.cases(*((level == word, i) for i, word in enumerate(SENIORITIES)))
    names = ibis.cases(*((name == word, i) for i, word in enumerate(DEPARTMENTS)))
    return (levels.cast("int16") * len(DEPARTMENTS) + names).cast("int16")


def _first_match(title: ir.StringValue, patterns: tuple[tuple[str, str], ...]) -> ir.StringValue:
    plain = title.lower().translate(*ACCENTS).replace(".", "").strip()
    return ibis.cases(*[(plain.re_search(pattern), name) for name, pattern in patterns])
