"""A layout's views over the tables and columns that an export has."""

import pytest

from pipelines.sources.raw.raw_tables import RawRelation
from pipelines.sources.raw.sql.annotated_sql import statements
from pipelines.sources.raw.sql.binding import Binder
from pipelines.sources.raw.sql.pseudo_functions import Expansion
from pipelines.sources.raw.sql.scope import FoundTable
from pipelines.sources.raw.sql.sql_writer import view_lines
from scoring.crm.layout import RawTable

ACCOUNT = RawTable("account", columns={"website": ("Web Page",)}, never=("phone*",))


def bound(sql: str, **tables: dict[str, str]) -> list[str]:
    """The views of a layout over tables with these columns, as text."""
    known = {
        name: FoundTable(
            ACCOUNT if name == "account" else RawTable(name), RawRelation(name.title(), ("raw", name.title()), types)
        )
        for name, types in tables.items()
    }
    expansion = Expansion(
        ("000",),
        text=lambda column: column.meta.get("type", "VARCHAR") == "VARCHAR",
        time=lambda column: column.copy(),
        words=lambda column: frozenset({"ja"}),
    )
    binder = Binder(
        known,
        expansion,
        lambda table, placed, names: [
            name for name in table.found.types if name not in placed and not table.declared.is_never(name)
        ],
        lambda table, column: [("Industry", "Industry"), ("Size__c", "Size__c")],
    )
    found = []
    for statement in statements(sql):
        tree = binder.bind(statement.tree)
        found += [] if tree is None else view_lines(tree, statement.comments)
    return found


TEXT = dict.fromkeys(["Id", "Web Page", "IsDeleted", "Size__c", "Phone2"], "VARCHAR")


def test_columns_get_their_actual_names_and_missing_ones_go() -> None:
    sql = """
-- Companies.
CREATE VIEW accounts AS
SELECT
  record(a.id) AS account_id,
  -- The page.
  a.website AS domain,
  -- Not in this export.
  a.created_date AS created_at,
  a.*
FROM raw.account AS a
LEFT JOIN raw.owner AS o ON o.id = a.owner_id
WHERE NOT yes(a.is_deleted)
  AND a.kind = 'x';
"""
    assert bound(sql, account=TEXT) == [
        "-- Companies.",
        "CREATE VIEW accounts AS",
        "SELECT",
        "  NULLIF(NULLIF(a.\"Id\", ''), '000') AS account_id,",
        "  -- The page.",
        '  a."Web Page" AS domain,',
        '  a."Size__c"',
        'FROM raw."Account" AS a',
        "WHERE NOT COALESCE(LOWER(a.\"IsDeleted\") IN ('true', '1', 'yes', 'y', 't', 'ja'), FALSE);",
    ]


def test_a_union_is_aligned_by_name_and_loses_the_branch_of_a_missing_table() -> None:
    sql = """
CREATE VIEW leads AS
SELECT
  c.id AS lead_id,
  c.title
FROM raw.contact AS c
UNION ALL BY NAME
SELECT
  l.id AS lead_id,
  l.city
FROM raw.lead AS l
UNION ALL BY NAME
SELECT
  g.id AS lead_id
FROM raw.ghost AS g;
"""
    assert bound(sql, contact={"ID": "VARCHAR", "Title": "VARCHAR"}, lead={"ID": "VARCHAR", "City": "VARCHAR"}) == [
        "CREATE VIEW leads AS",
        "SELECT",
        '  c."ID" AS lead_id,',
        '  c."Title" AS title,',
        "  NULL AS city",
        'FROM raw."Contact" AS c',
        "UNION ALL",
        "SELECT",
        '  l."ID" AS lead_id,',
        "  NULL AS title,",
        '  l."City" AS city',
        'FROM raw."Lead" AS l;',
    ]


def test_what_reads_a_view_that_is_left_out_loses_it_too() -> None:
    sql = """
CREATE VIEW gone AS
SELECT
  g.id
FROM raw.ghost AS g;
CREATE VIEW accounts AS
SELECT
  a.id AS account_id,
  coalesce(g.id, a.website) AS domain
FROM raw.account AS a
LEFT JOIN gone AS g ON g.id = a.id
WHERE a.id NOT IN (SELECT g.id FROM gone AS g)
  AND NOT EXISTS (SELECT 1 FROM raw.ghost AS x WHERE x.id = a.id);
"""
    assert bound(sql, account=TEXT) == [
        "CREATE VIEW accounts AS",
        "SELECT",
        '  a."Id" AS account_id,',
        '  a."Web Page" AS domain',
        'FROM raw."Account" AS a;',
    ]


def test_a_long_history_becomes_a_column_a_field_and_a_choice_keeps_its_names() -> None:
    sql = """
CREATE VIEW account_history AS
SELECT
  h.account_id,
  CASE
    -- choice: is it lost?
    --? WHEN h.amount = 0 THEN 'lost'
    --? WHEN h.missing = 0 THEN 'lost'
    WHEN h.amount > 1 THEN 'won'
  END AS status,
  each_field(h.field, h.new_value)
FROM raw.history AS h;
"""
    columns = dict.fromkeys(["AccountId", "Amount", "Field", "NewValue"], "VARCHAR")
    assert bound(sql, history=columns) == [
        "CREATE VIEW account_history AS",
        "SELECT",
        '  h."AccountId" AS account_id,',
        "  CASE",
        "    -- choice: is it lost?",
        "    --     WHEN h.\"Amount\" = 0 THEN 'lost'",
        "    WHEN h.\"Amount\" > 1 THEN 'won'",
        "  END AS status,",
        '  CASE WHEN h."Field" = \'Industry\' THEN h."NewValue" END AS "Industry",',
        '  CASE WHEN h."Field" = \'Size__c\' THEN h."NewValue" END AS "Size__c"',
        'FROM raw."History" AS h;',
    ]


def test_columns_like_a_pattern_become_lists_and_what_is_missing_is_answered() -> None:
    sql = """
CREATE VIEW steps AS
SELECT
  unnest(names_like(a."entered *")) AS stage,
  unnest(cells_like(a."entered *")) AS at,
  name_key(record(a.website)) AS page
FROM raw.account AS a
WHERE has_column(a."entered *")
  AND NOT has_table('ghost')
  AND NOT has_column(a.ghost);
"""
    columns = {'Entered "Won (EU)"': "VARCHAR", "Entered Lost": "TIMESTAMP", "Web Page": "VARCHAR"}
    assert bound(sql, account=columns) == [
        "CREATE VIEW steps AS",
        "SELECT",
        "  UNNEST(['Won (EU)', 'Lost']) AS stage,",
        '  UNNEST([a."Entered ""Won (EU)""", CAST(a."Entered Lost" AS TEXT)]) AS at,',
        "  NULLIF(LOWER(TRIM(NULLIF(NULLIF(a.\"Web Page\", ''), '000'))), '') AS page",
        'FROM raw."Account" AS a;',
    ]
    assert bound(sql, account={"Web Page": "VARCHAR"}) == []


def test_a_layout_is_written_one_part_a_line() -> None:
    with pytest.raises(ValueError, match="each part on a line of its own"):
        statements("CREATE VIEW a AS\nSELECT\n  b.x, b.y\nFROM raw.b AS b;")


def test_what_an_export_lacks_can_be_asked_and_a_null_of_the_layout_stays() -> None:
    sql = """
CREATE VIEW accounts AS
SELECT
  CASE
    WHEN NOT has_column(a.id) THEN a.web_page
    ELSE guid(a.id)
  END AS account_id,
  CASE
    WHEN a.size__c = 'x' THEN NULL
    WHEN a.size__c = 'y' THEN a.missing
    ELSE 'z'
  END AS kind
FROM raw.account AS a
WHERE a.size__c = (SELECT max(b.size__c) FROM raw.account AS b)
UNION ALL BY NAME
SELECT
  o.name AS account_id
FROM raw.deal AS o
WHERE NOT has_table('account');
CREATE VIEW leads AS
SELECT
  CASE WHEN NOT has_column(o.id) THEN md5(o.name) ELSE guid(o.id) END AS lead_id
FROM raw.deal AS o
WHERE NOT has_table('ghost');
"""
    assert bound(sql, account=TEXT, deal={"Name": "VARCHAR"}) == [
        "CREATE VIEW accounts AS",
        "SELECT",
        "  NULLIF(NULLIF(LOWER(TRIM(a.\"Id\", '{} ')), ''), '000') AS account_id,",
        "  CASE WHEN a.\"Size__c\" = 'x' THEN NULL ELSE 'z' END AS kind",
        'FROM raw."Account" AS a',
        'WHERE a."Size__c" = (SELECT MAX(b."Size__c") FROM raw."Account" AS b);',
        "CREATE VIEW leads AS",
        "SELECT",
        '  MD5(o."Name") AS lead_id',
        'FROM raw."Deal" AS o;',
    ]


def test_a_query_within_a_condition_is_bound_once() -> None:
    sql = """
CREATE VIEW accounts AS
SELECT
  record(a.id) AS account_id
FROM raw.account AS a
GROUP BY record(a.id)
HAVING count(*) < (SELECT count(*) FROM raw.account AS e WHERE e.website IS NOT NULL);
"""
    assert bound(sql, account=TEXT)[-1] == (
        'HAVING COUNT(*) < (SELECT COUNT(*) FROM raw."Account" AS e WHERE NOT e."Web Page" IS NULL);'
    )
