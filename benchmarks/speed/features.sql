-- The position of the first cut-off after a day, and of the last whose window of so many days holds it.
CREATE MACRO day_of(moment) AS (CAST(moment AS DATE) - DATE '1970-01-01')::INTEGER;
CREATE MACRO first_after(day) AS CASE WHEN day < {first} THEN 0 ELSE (day - {first}) // {apart} + 1 END::INTEGER;
CREATE MACRO last_within(day, length) AS
    CASE WHEN day + length < {first} THEN -1 ELSE least((day + length - {first}) // {apart}, {last}) END::INTEGER;

CREATE TABLE cut_offs AS SELECT i::INTEGER AS cut, ({first} + i * {apart})::INTEGER AS day FROM range({many}) AS r(i);
CREATE TABLE accounts AS
    SELECT (row_number() OVER () - 1)::INTEGER AS unit, account_id, domain, day_of(created_at) AS created, {attributes}
    FROM '{export}/accounts.parquet';
CREATE TABLE people AS
    WITH alone AS (SELECT domain, any_value(account_id) AS account_id FROM accounts GROUP BY domain HAVING count(*) = 1)
    SELECT (row_number() OVER (ORDER BY day_of(l.created_at), lead_id) - 1)::INTEGER AS person, lead_id, a.unit,
        day_of(l.created_at) AS known, coalesce(t.decides, false) AS decides,
        coalesce(1 << t.department, 0)::INTEGER AS department, source, campaign
    FROM '{export}/leads.parquet' AS l
    LEFT JOIN alone ON alone.domain = split_part(l.email, '@', 2)
    LEFT JOIN accounts AS a ON a.account_id = coalesce(l.account_id, alone.account_id)
    LEFT JOIN read_titles AS t USING (title);
CREATE TYPE kind AS ENUM (SELECT DISTINCT activity_type FROM '{export}/activities.parquet' ORDER BY 1);
CREATE TABLE packed AS
    SELECT (coalesce(p.unit, a.unit)::UBIGINT << 42) | (coalesce(p.person + 1, 0)::UBIGINT << 18)
            | (enum_code(activity_type::kind)::UBIGINT << 13) | day_of(occurred_at)::UBIGINT % 8192 AS packed,
        min(greatest(day_of(known_at), coalesce(p.known, 0))) AS known
    FROM '{export}/activities.parquet' AS t
    LEFT JOIN people AS p USING (lead_id)
    LEFT JOIN accounts AS a ON a.account_id = CASE WHEN p.unit IS NULL THEN t.account_id END
    WHERE direction = 'inbound' AND (p.person IS NOT NULL OR t.lead_id IS NULL)
        AND coalesce(p.unit, a.unit) IS NOT NULL
    GROUP BY 1;
CREATE TABLE days AS
    SELECT (packed >> 42)::INTEGER AS unit, ((packed >> 18) & 16777215)::INTEGER - 1 AS person,
        ((packed >> 13) & 31)::INTEGER AS kind, (packed & 8191)::INTEGER + 16384 AS day, d.known,
        coalesce(p.decides, false) AS decides, coalesce(p.department, 0) AS department
    FROM packed AS d LEFT JOIN people AS p ON p.person = ((packed >> 18) & 16777215)::INTEGER - 1;
CREATE TABLE calendar AS SELECT unit, day, min(known) AS known FROM days GROUP BY ALL;

-- AND NOW THE KINDS ARE KNOWN

-- The largest day of each kind of event, by the cut-off that sees it first.
CREATE TABLE seen AS
    SELECT unit, first_after(known) AS cut, kind, decides, max(day) AS day FROM days GROUP BY ALL;
CREATE TABLE by_kind AS SELECT unit, cut, {by_kind} FROM seen GROUP BY ALL;
CREATE TABLE returns AS
    SELECT unit, first_after(known) AS cut, max(day) AS returned FROM (
        SELECT unit, day, known, day - max(day) OVER (
            PARTITION BY unit ORDER BY known, day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS silent
        FROM calendar) WHERE silent >= {silence} GROUP BY ALL;
CREATE TABLE new_kinds AS
    SELECT unit, first_after((moment // 100000)::INTEGER) AS cut, max((moment % 100000)::INTEGER) AS new_kind
    FROM (SELECT unit, min(known::BIGINT * 100000 + day) AS moment FROM days GROUP BY unit, kind) GROUP BY ALL;
CREATE TABLE new_people AS
    SELECT unit, first_after((moment // 100000)::INTEGER) AS cut, max((moment % 100000)::INTEGER) AS new_person,
        max((moment % 100000)::INTEGER) FILTER (decides) AS new_decision_maker
    FROM (SELECT unit, any_value(decides) AS decides, min(known::BIGINT * 100000 + day) AS moment
          FROM days WHERE person >= 0 GROUP BY unit, person) GROUP BY ALL;
CREATE TABLE groups AS
    SELECT unit, first_after(known) AS cut, count(*) AS people, count(*) FILTER (decides) AS decision_makers,
        bit_or(department) AS departments FROM people WHERE unit IS NOT NULL GROUP BY ALL;
CREATE TABLE firsts AS
    SELECT unit, arg_min(source, person) FILTER (source IS NOT NULL) AS source,
        min(known) FILTER (source IS NOT NULL) AS source_known,
        arg_min(campaign, person) FILTER (campaign IS NOT NULL) AS campaign,
        min(known) FILTER (campaign IS NOT NULL) AS campaign_known
    FROM people WHERE unit IS NOT NULL GROUP BY unit;

-- What each window holds.
CREATE TABLE breadth AS
    WITH grouped AS (
        SELECT unit, person, first_after(known) AS begins, last_within(day, 30) AS ends_30,
            last_within(day, 90) AS ends_90, bit_or(1 << kind) AS kinds, any_value(decides) AS decides,
            any_value(department) AS department
        FROM days WHERE last_within(day, 90) >= first_after(known) GROUP BY ALL),
    each AS (SELECT unit, person, kinds, decides, department, ends_30,
                    unnest(range(begins, ends_90 + 1))::INTEGER AS cut FROM grouped),
    people AS (
        SELECT unit, person, cut, bit_or(kinds) AS kinds, bit_or(kinds) FILTER (cut <= ends_30) AS kinds_30,
            any_value(decides) AS decides, any_value(department) AS department FROM each GROUP BY ALL)
    SELECT unit, cut, bit_count(coalesce(bit_or(kinds_30), 0)) AS kinds_30d, bit_count(bit_or(kinds)) AS kinds_90d,
        count(*) FILTER (person >= 0 AND kinds_30 IS NOT NULL) AS people_30d, count(*) FILTER (person >= 0) AS people_90d,
        count(*) FILTER (decides) AS decision_makers_90d, bit_count(bit_or(department)) AS departments_90d
    FROM people GROUP BY ALL;
CREATE TABLE momentum AS
    WITH each AS (
        SELECT unit, day, unnest(range(first_after(known), last_within(day, 196) + 1))::INTEGER AS cut
        FROM calendar WHERE last_within(day, 196) >= first_after(known)),
    weeks AS (SELECT unit, cut, bit_or(1 << (({first} + cut * {apart} - 1 - day) // 7)) AS weeks FROM each GROUP BY ALL)
    SELECT unit, cut, bit_count(weeks & 15) / 4 - bit_count(weeks >> 4) / 24 AS momentum FROM weeks;

CREATE TABLE deals AS
    SELECT opportunity_id, coalesce(a.unit, p.unit) AS unit, day_of(o.created_at) AS opened, day_of(closed_at) AS closed,
        day_of(known_at) AS known, status, opportunity_type = 'new_business' AS new
    FROM '{export}/opportunities.parquet' AS o
    LEFT JOIN accounts AS a USING (account_id) LEFT JOIN people AS p ON p.lead_id = o.lead_id
    WHERE coalesce(a.unit, p.unit) IS NOT NULL;
CREATE TABLE states AS
    SELECT unit, c.cut, any_value(c.day) - min(opened) FILTER (new AND NOT coalesce(closed < c.day, false)) AS open_days,
        any_value(c.day) - max(closed) FILTER (new AND closed < c.day AND status = 'lost') AS lost_days,
        count(*) FILTER (closed < c.day AND status = 'lost') AS lost, count(*) FILTER (NOT new) AS others
    FROM deals JOIN cut_offs AS c ON deals.known < c.day GROUP BY ALL;
CREATE TABLE steps AS
    SELECT opportunity_id, d.unit, d.closed, h.stage, h.amount, h.close_date, h.changed_at, h.file_row_number AS position,
        day_of(h.changed_at) AS changed, greatest(d.known, day_of(h.changed_at)) AS known,
        h.stage IS DISTINCT FROM lag(h.stage) OVER earlier AS begins,
        coalesce(h.close_date > lag(h.close_date) OVER earlier, false) AS moved
    FROM read_parquet('{export}/opportunity_history.parquet', file_row_number = true) AS h
    JOIN deals AS d USING (opportunity_id) WHERE d.new
    WINDOW earlier AS (PARTITION BY opportunity_id ORDER BY h.changed_at, h.file_row_number);
CREATE TABLE plans AS
    WITH moves AS (SELECT *, sum(moved::INTEGER) OVER (
            PARTITION BY opportunity_id ORDER BY changed_at, position ROWS UNBOUNDED PRECEDING) AS slips FROM steps),
    current AS (
        SELECT m.*, c.cut, c.day FROM moves AS m JOIN cut_offs AS c
            ON m.known < c.day AND (m.closed IS NULL OR m.closed >= c.day)),
    last AS (SELECT opportunity_id, cut, arg_max((unit, amount, close_date, slips), (changed_at, position)) AS p
             FROM current GROUP BY ALL),
    of_unit AS (SELECT p[1] AS unit, cut, max(p[2]) AS amount, min(p[3]) AS close_date, max(p[4]) AS slips
                FROM last GROUP BY ALL),
    begun AS (SELECT unit, cut, stage, changed, changed_at, max(changed_at) OVER (PARTITION BY unit, cut) AS newest
              FROM current WHERE begins),
    stages AS (SELECT unit, cut, max(stage) AS stage, max(changed) AS changed FROM begun
               WHERE changed_at = newest GROUP BY ALL)
    SELECT unit, cut, amount, close_date, slips, stage, changed FROM of_unit FULL JOIN stages USING (unit, cut);

CREATE TABLE open_at AS
    WITH bought AS (SELECT unit, min(greatest(closed, known)) AS day FROM deals WHERE new AND status = 'won' GROUP BY unit)
    SELECT a.unit, c.cut, c.day FROM accounts AS a CROSS JOIN cut_offs AS c LEFT JOIN bought AS b USING (unit)
    WHERE a.created < c.day AND (b.day IS NULL OR b.day >= c.day);
CREATE TABLE past AS
    SELECT unit, cut, {running}
    FROM (SELECT unit, cut FROM accounts CROSS JOIN cut_offs)
    LEFT JOIN by_kind USING (unit, cut) LEFT JOIN returns USING (unit, cut) LEFT JOIN new_kinds USING (unit, cut)
    LEFT JOIN new_people USING (unit, cut) LEFT JOIN groups USING (unit, cut)
    WINDOW so_far AS (PARTITION BY unit ORDER BY cut ROWS UNBOUNDED PRECEDING);
CREATE TABLE history AS
    SELECT a.unit, known_at, h.employees FROM '{export}/account_history.parquet' AS h
    JOIN accounts AS a USING (account_id) WHERE h.employees IS NOT NULL;
CREATE TABLE sizes AS
    SELECT o.unit, o.cut, h.employees FROM open_at AS o
    ASOF JOIN history AS h ON o.unit = h.unit AND make_timestamp(o.day::BIGINT * 86400000000) > h.known_at;
CREATE TABLE features AS
    SELECT a.account_id, o.day AS as_of, a.* EXCLUDE (unit, account_id, domain, created, employees),
        coalesce(s.employees, CASE WHEN o.unit NOT IN (SELECT unit FROM history) THEN a.employees END) AS employees,
        o.day - a.created AS days_known, {since},
        coalesce(p.people, 0) AS known_people, coalesce(p.decision_makers, 0) AS known_decision_makers,
        bit_count(coalesce(p.departments, 0)) AS known_departments,
        CASE WHEN f.source_known < o.day THEN f.source END AS first_source,
        CASE WHEN f.campaign_known < o.day THEN f.campaign END AS first_campaign,
        {counted}, coalesce(m.momentum, 0) AS momentum, d.open_days AS open_deal_days, d.lost_days AS lost_deal_days,
        coalesce(d.lost, 0) AS deals_lost, coalesce(d.others, 0) AS other_deals, w.stage AS deal_stage,
        o.day - w.changed AS deal_stage_days, w.amount AS open_deal_amount,
        CASE WHEN w.amount IS NOT NULL THEN 1 END AS open_deal_amount_known,
        day_of(w.close_date) - o.day AS days_to_expected_close, w.slips AS expected_close_moved
    FROM open_at AS o JOIN accounts AS a USING (unit) JOIN past AS p USING (unit, cut)
    LEFT JOIN firsts AS f USING (unit) LEFT JOIN breadth AS b USING (unit, cut) LEFT JOIN momentum AS m USING (unit, cut)
    LEFT JOIN states AS d USING (unit, cut) LEFT JOIN plans AS w USING (unit, cut) LEFT JOIN sizes AS s USING (unit, cut);
