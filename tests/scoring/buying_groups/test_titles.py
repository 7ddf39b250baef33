"""Real titles, as CRMs hold them: how senior, and which department."""

import ibis

from scoring.buying_groups.titles import decides, department, seniority
from tests.scoring.example_market import CONNECTION, cells, parsed

TITLES = """
title                                seniority  department
Chief Executive Officer              c_level    management
CEO & Co-Founder                     c_level    management
C.F.O.                               c_level    finance
Interim CFO                          c_level    finance
CHIEF INFORMATION SECURITY OFFICER   c_level    it
Owner                                c_level    management
Managing Director                    c_level    management
Geschäftsführerin                    c_level    management
Directeur Général                    c_level    management
Sócio-administrador                  c_level    management
Chairwoman of the Board              c_level    management
Managing Partner                     c_level    management
Vice President of Sales              vp         sales
SVP, Global Operations               vp         operations
V.P. Finance                         vp         finance
Assistant Vice President             vp         management
Head of IT                           director   it
Sr. Director, Product Management     director   product
Partner                              director   management
Vertriebsleiter                      director   sales
Leiterin Personal                    director   hr
Diretora Financeira                  director   finance
Directrice des achats                director   procurement
General Counsel                      director   legal
Assistant Director of Finance        director   finance
Account Manager                      manager    sales
Business Development Manager         manager    sales
Partner Manager                      manager    sales
People Operations Manager            manager    hr
Product Marketing Manager            manager    marketing
Team Lead Customer Success           manager    other
Teamleiter Einkauf                   manager    procurement
Lead Developer                       manager    it
Gerente de Compras                   manager    procurement
Product Owner                        staff      product
HR Business Partner                  staff      hr
Account Executive                    staff      sales
Accounts Payable Clerk               staff      finance
Lead Generation Specialist           staff      other
Ingénieur logiciel                   staff      it
Data Protection Officer              staff      legal
Research & Development Engineer      staff      product
International Trade Consultant       staff      other
财务总监                              staff      other
Assistant to the CEO                 assistant  management
Executive Assistant                  assistant  management
Finance Intern                       student    finance
Working Student Marketing            student    marketing
Praktikantin                         student    other
CEO Office Intern                    student    management
.                                    -          -
?!                                   -          -
"""


def test_titles_are_read() -> None:
    rows = parsed(TITLES)
    table = ibis.memtable({"title": [row["title"] for row in rows]}, schema={"title": "string"})
    read = table.mutate(seniority=seniority(table.title), department=department(table.title))
    found = {row[0]: row for row in cells(read)}
    expected = [tuple(None if cell == "-" else cell for cell in row.values()) for row in rows]
    assert [found[row[0]] for row in expected] == expected


def test_those_who_sign_decide() -> None:
    levels = ["c_level", "vp", "director", "manager", "staff", "assistant", "student", None]
    table = ibis.memtable({"level": levels}, schema={"level": "string"})
    decide = table.filter(decides(table.level))
    assert CONNECTION.to_pyarrow(decide)["level"].to_pylist() == ["c_level", "vp", "director"]
    assert CONNECTION.execute(decides(table.level).count()) == len(levels)  # unknown is no, not null
