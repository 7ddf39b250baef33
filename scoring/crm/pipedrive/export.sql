-- Names that one organization or one person has alone: an export refers to both by name.
CREATE VIEW organization_names AS
SELECT
  name_key(o.name) AS name,
  min(record(o.id)) AS org_id
FROM raw.organization AS o
WHERE record(o.id) IS NOT NULL
  AND name_key(o.name) IS NOT NULL
  AND NOT yes(o.deleted)
  AND NOT no(o.active_flag)
GROUP BY name_key(o.name)
HAVING count(*) = 1;

CREATE VIEW person_names AS
SELECT
  name_key(p.name) AS name,
  min(record(p.id)) AS person_id
FROM raw.person AS p
WHERE record(p.id) IS NOT NULL
  AND name_key(p.name) IS NOT NULL
  AND NOT yes(p.deleted)
  AND NOT no(p.active_flag)
GROUP BY name_key(p.name)
HAVING count(*) = 1;

CREATE VIEW deal_titles AS
SELECT
  name_key(d.title) AS title,
  min(coalesce(record(d.id), name_key(d.title) || ', ' || record(d.add_time))) AS deal_id
FROM raw.deal AS d
WHERE name_key(d.title) IS NOT NULL
GROUP BY name_key(d.title)
HAVING count(*) = 1;

-- Companies. An export without ids names them, and then the name is the id.
-- decided: {SELECT count(*) - count(DISTINCT name_key(o.name)) FROM raw.organization AS o WHERE record(o.id) IS NULL} organizations without an ID have the name of another one, and are one account with it. Export the ID too.
CREATE VIEW accounts AS
SELECT
  coalesce(record(o.id), name_key(o.name)) AS account_id,
  o.website AS domain,
  o.add_time AS created_at,
  o.deleted,
  o.active_flag AS active,
  o.owner,
  -- Every other column that may be known before a deal is decided: a candidate for fit.
  o.*
FROM raw.organization AS o;

-- People.
-- decided: {SELECT count(*) FROM raw.lead AS l} records of the leads inbox are not read. What became a deal leaves the inbox,
-- so that only those would have the touch who did not buy.
CREATE VIEW leads AS
SELECT
  -- A person needs an ID: two may have one name.
  record(p.id) AS lead_id,
  -- decided: {SELECT count(*) FROM raw.person AS p WHERE record(p.org_id) IS NULL AND name_key(p.org_name) IS NOT NULL} people name their organization by its name, and {SELECT count(*) FROM raw.person AS p WHERE record(p.org_id) IS NULL AND name_key(p.org_name) IN (SELECT n.name FROM organization_names AS n)} of these names are of one organization alone.
  coalesce(record(p.org_id), n.org_id, name_key(p.org_name)) AS account_id,
  p.add_time AS created_at,
  -- Read only to find the account by its domain; it goes to no table, file or model.
  p.email,
  p.job_title AS title,
  p.source,
  p.deleted,
  p.active_flag AS active,
  p.owner,
  p.*
FROM raw.person AS p
LEFT JOIN organization_names AS n ON n.name = name_key(p.org_name);

-- Deals.
CREATE VIEW opportunities AS
SELECT
  -- decided: {SELECT count(*) FROM raw.deal AS d WHERE record(d.id) IS NULL} deals have no ID: the title and the time of creation stand for it. Export the ID too.
  coalesce(record(d.id), name_key(d.title) || ', ' || record(d.add_time)) AS opportunity_id,
  -- decided: {SELECT count(*) FROM raw.deal AS d WHERE record(d.org_id) IS NULL AND name_key(d.org_name) IS NOT NULL} deals name their organization by its name, and {SELECT count(*) FROM raw.deal AS d WHERE record(d.org_id) IS NULL AND name_key(d.org_name) IN (SELECT n.name FROM organization_names AS n)} of these names are of one organization alone. Export the organization's ID with the deals to be sure.
  coalesce(record(d.org_id), n.org_id, name_key(d.org_name)) AS account_id,
  coalesce(record(d.person_id), w.person_id) AS lead_id,
  d.add_time AS created_at,
  -- The word as Pipedrive has it. A deleted deal is left out, with a count.
  d.status,
  CASE
    -- A deal that was lost and opened again has both times.
    WHEN lower(d.status) IN ('lost', 'verloren', 'perdu', 'perdido', 'perdida', 'perso', 'prohraný', 'przegrana') THEN coalesce(record(d.lost_time), record(d.close_time))
    WHEN lower(d.status) IN ('open', 'offen', 'ouvert', 'abierto', 'aberto', 'otevřený') THEN NULL
    ELSE coalesce(record(d.won_time), record(d.close_time))
  END AS closed_at,
  d.value AS amount,
  -- choice: deals by currency: {SELECT d.currency, count(*) FROM raw.deal AS d WHERE record(d.currency) IS NOT NULL GROUP BY 1 HAVING count(*) < (SELECT count(*) FROM raw.deal AS e WHERE record(e.currency) IS NOT NULL) ORDER BY 2 DESC, 1}. Pipedrive exports no rates,
  -- and amounts in several currencies are not added up: say what one unit of each is worth in a view of its own:
  --? CREATE VIEW currencies AS SELECT * FROM (VALUES ('EUR', 1), ('USD', 0.9)) AS r(currency, rate)
  d.currency,
  -- choice: deals by pipeline: {SELECT coalesce(d.pipeline, '(empty)'), count(*) FROM raw.deal AS d GROUP BY 1 HAVING count(*) < (SELECT count(*) FROM raw.deal AS e) ORDER BY 2 DESC, 1}.
  -- All are new business, and only an account's first won deal counts as a win. If one holds renewals or upgrades:
  --? CASE WHEN d.pipeline = 'Renewals' THEN 'renewal' ELSE 'new_business' END AS opportunity_type,
  -- choice: deals by pipeline: {SELECT coalesce(p.name, 'none'), count(*) FROM raw.deal AS d JOIN raw.pipeline AS p ON record(p.id) = record(d.pipeline_id) GROUP BY 1 HAVING count(*) < (SELECT count(*) FROM raw.deal AS e) ORDER BY 2 DESC, 1}.
  -- All are new business, and only an account's first won deal counts as a win. If one holds renewals or upgrades:
  --? CASE WHEN d.pipeline_id = '2' THEN 'renewal' ELSE 'new_business' END AS opportunity_type,
  coalesce(record(d.type), 'new_business') AS opportunity_type,
  d.deleted,
  d.owner
FROM raw.deal AS d
LEFT JOIN organization_names AS n ON n.name = name_key(d.org_name)
LEFT JOIN person_names AS w ON w.name = name_key(d.person_name);

-- Who took part in a deal, beside its contact person.
CREATE VIEW contact_roles AS
SELECT
  record(p.deal_id) AS opportunity_id,
  record(p.person_id) AS lead_id
FROM raw.deal_participant AS p;

-- The steps of deals, from what was changed of them.
CREATE VIEW stage_changes AS
SELECT
  record(c.deal_id) AS deal_id,
  c.log_time AS changed_at,
  c.field_key,
  record(c.old_value) AS old_value,
  record(c.new_value) AS new_value
FROM raw.deal_change AS c
WHERE c.field_key IN ('stage_id', 'value', 'expected_close_date', 'probability');

-- The stage that a deal was created in: what its first change of stage left.
CREATE VIEW first_stages AS
SELECT
  c.deal_id,
  d.add_time AS changed_at,
  c.old_value AS stage
FROM stage_changes AS c
JOIN raw.deal AS d ON record(d.id) = c.deal_id
WHERE c.field_key = 'stage_id'
  AND c.old_value IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY c.deal_id ORDER BY moment(c.changed_at), c.old_value) = 1;

CREATE VIEW opportunity_history AS
SELECT
  c.deal_id AS opportunity_id,
  c.changed_at,
  CASE WHEN c.field_key = 'stage_id' THEN coalesce(s.name, c.new_value) END AS stage,
  CASE WHEN c.field_key = 'value' THEN c.new_value END AS amount,
  CASE WHEN c.field_key = 'expected_close_date' THEN c.new_value END AS close_date,
  CASE WHEN c.field_key = 'probability' THEN c.new_value END AS probability
FROM stage_changes AS c
LEFT JOIN raw.stage AS s ON record(s.id) = c.new_value
UNION ALL BY NAME
SELECT
  f.deal_id AS opportunity_id,
  f.changed_at,
  coalesce(s.name, f.stage) AS stage
FROM first_stages AS f
LEFT JOIN raw.stage AS s ON record(s.id) = f.stage;

-- What was done.
CREATE VIEW activities AS
SELECT
  record(a.id) AS activity_id,
  coalesce(record(a.person_id), w.person_id) AS lead_id,
  -- The organization itself, or that of the deal that it is about.
  coalesce(record(a.org_id), n.org_id, o.account_id, name_key(a.org_name)) AS account_id,
  lower(a.type) AS activity_type,
  -- When it was marked as done; the due date is a plan.
  coalesce(record(a.marked_as_done_time), record(a.due_date), record(a.add_time)) AS occurred_at,
  a.add_time AS known_at,
  -- choice: activities by type: {SELECT lower(a.type), count(*) FROM raw.activity AS a GROUP BY 1 ORDER BY 2 DESC, 1}. Pipedrive
  -- does not say who acted. Meetings that were held are the buyer's act, all else is ours and changes no score. If a
  -- type means that the buyer called or wrote:
  --? CASE WHEN lower(a.type) IN ('meeting', 'inbound_call') THEN 'inbound' ELSE 'outbound' END AS direction,
  CASE WHEN regexp_matches(lower(a.type), 'meeting|lunch|demo|visit|webinar|schůzka|reuni|treffen|termin|réunion|rendez') THEN 'inbound' ELSE 'outbound' END AS direction,
  a.deleted,
  a.active_flag AS active
FROM raw.activity AS a
LEFT JOIN organization_names AS n ON n.name = name_key(a.org_name)
LEFT JOIN person_names AS w ON w.name = name_key(a.person_name)
LEFT JOIN deal_titles AS t ON t.title = name_key(a.deal_title)
LEFT JOIN opportunities AS o ON o.opportunity_id = coalesce(record(a.deal_id), t.deal_id)
-- decided: {SELECT count(*) FROM raw.activity AS a WHERE NOT coalesce(CASE WHEN yes(a.done) THEN TRUE WHEN no(a.done) THEN FALSE END, lower(a.done) NOT IN ('undone', 'to do', 'todo', 'not done', 'planned'), record(a.marked_as_done_time) IS NOT NULL)} activities are not done, and count for nothing.
WHERE coalesce(CASE WHEN yes(a.done) THEN TRUE WHEN no(a.done) THEN FALSE END, lower(a.done) NOT IN ('undone', 'to do', 'todo', 'not done', 'planned'), record(a.marked_as_done_time) IS NOT NULL)
UNION ALL BY NAME
-- Mail that Pipedrive synchronizes says who wrote it.
SELECT
  'mail ' || record(m.id) AS activity_id,
  record(m.person_id) AS lead_id,
  o.account_id,
  'email' AS activity_type,
  m.message_time AS occurred_at,
  m.add_time AS known_at,
  CASE WHEN yes(m.sent_flag) THEN 'outbound' ELSE 'inbound' END AS direction
FROM raw.mail_message AS m
LEFT JOIN opportunities AS o ON o.opportunity_id = record(m.deal_id)
WHERE NOT yes(m.deleted_flag)
  AND NOT yes(m.draft_flag);
