"""Cells that hold what is of a person, and cells that only look so, as literal tables."""

GUILTY = {
    "e-mail addresses": """
        ada@example.org
        Referred by: ada@x.example
        Ada Lovelace <ada@x.de>
        ada%40x.de
        ada&#64;x.de
        ada (at) example.org
        ada(at)example(dot)org
        ada[at]example[dot]org
        ada [at] example [dot] org
        ada {at} example.org
        ada at example dot org
        ada_at_example_dot_org
        ada AT example DOT org
        ada.lovelace at example.org
        ada @ example.org
        ada(ät)firma.de
        mailto:ada@x.de
        ada at markmail.example
        ada_at_x.example
        ada\\u0040x
        ada=40x.de
        ada%2540x
        ada\uff08at\uff09x.de
        ada -at- x -dot- de
    """,
    "phone numbers": """
        +49 30 1234567
        +4915112345678
        +1 (555) 123-4567
        (555) 123-4567
        555-123-4567
        1-800-555-0187
        212.555.0187
        0049 30 1234567
        030/1234567
        0151 23456789
        01 23 45 67 89
        020 7946 0958
        03-1234-5678
        090-1234-5678
        Tel.: 123 4567
        01711234567
        0612345678
        06-12345678
        98765 43210
        8 800 555 35 35
        \uff0b49 30 1234567
        call 2125550187
        call Ada, +44 20 7946 0958
    """,
    "numbers of bank accounts or cards": """
        DE89 3704 0044 0532 0130 00
        DE89370400440532013000
        GB29NWBK60161331926819
        NL91 ABNA 0417 1643 00
        NO9386011117947
        FR1420041010050500013M02606
        4111 1111 1111 1111
        4111-1111-1111-1111
        3782 822463 10005
    """,
    "national ids": """
        123-45-6789
        SSN 123-45-6789
        4321 020275
        65 180539 H 012
        SSN 123456789
        123 45 6789
        QQ 12 34 56 C
        RSSMRA85T10A562S
        123.456.789-09
        756.1234.5678.97
        2 85 05 78 006 084 36
        85.07.30-033.28
        GODE561231HDFRRN09
        112-233-445 95
        900101-1234567
    """,
    "addresses of computers": """
        192.168.0.1
        10.0.0.17:8080
        2001:0db8:85a3:0000:0000:8a2e:0370:7334
        fe80::1ff:fe23:4567:890a
        00:1A:2B:3C:4D:5E
    """,
    "profiles of persons": """
        https://www.linkedin.com/in/ada-lovelace
        linkedin.com/in/ada
        https://www.xing.com/profile/Ada_Lovelace
        https://wa.me/4915112345678
    """,
    "user names": """
        @ada_l
        ada#1234
    """,
}
#: One cell alone leaves a doubt; a column of them does not.
DOUBTFUL = """
    19850703-1234
    131052-308T
    850730/1234
    2345 6789 0123
    ABCPE1234F
    12345678Z
    AB123456C
    A123456(7)
    X-1234567-L
    https://twitter.com/ada
    facebook.com/ada.lovelace
"""
INNOCENT = """
    Webinar
    Trade show @ Berlin
    Booth at Dreamforce
    Webinar at acme.com
    https://www.linkedin.com/company/acme
    www.acme.com
    12345-6789
    12345
    D-80331
    SW1A 1AA
    SE10 9NF
    +10000000
    +100 000 000
    (1000) 5000-9999
    (2019) 2020-2021
    01/2024-06/2024
    6011 2022 2023 2024
    webinar at markmail.example
    2125550187
    1-10
    11-50
    51-200
    1,001-5,000
    10,000+
    1000-5000
    $10M-$50M
    10.000.000
    1.234.567,89
    1 234 567
    50 000 000
    2026-03-01
    01.02.2026
    01.02.2026 10:00
    2026-03-01 14:30:00
    2026-03-01T14:30:00+01:00
    20240115-0001
    Q3 2026
    FY2024/25
    NAICS 541511
    SIC 7372
    12-345-6789
    12-3456789
    DE123456789
    HRB 123456
    732 829 320
    732 829 320 00074
    EMEA-2024-001
    Campaign 2026-03 (Berlin)
    (2024) relaunch
    10:30
    1.2.3
    v10.2.3
    v10.2.3.4
    Windows 10.0.19041.1
    24/7
    100%
    +12.5%
    +49
    +50 %
    UTC+01:00
    ISO 27001
    ISO 9001:2015
    3-5 years
    Software & Services
    State-of-the-art
    At risk
    Meeting (at) HQ
    look at me
    A/B
    C++
    C#
    AB-1234567-X
    550e8400-e29b-41d4-a716-446655440000
    a4123b56-4123-4456-4789-0123456789ab
    001Dn00000AbCdEIAX
    zcrm_4876876000000333
    4876876000000333
    0012345678
    SKU 100-200-3000
    10x20x30
    48.8566, 2.3522
    1,000,000 - 5,000,000
    Team Blue
    AWS us-east-1
    0800
    00:15:30
    2:1
    12:30:45
    std::map
    Google Ads / Search
    Fair: Hannover Messe 2025
    (not set)
    google / cpc
    utm_source=linkedin
    Tier 1
    Level 3
    Series B
    100-249 employees
    CAC 40
    7-Eleven
    3M
    H&M
    S.p.A.
"""
