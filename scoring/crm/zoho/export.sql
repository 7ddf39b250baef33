-- Names that one account has alone: exports of views refer to accounts by name.
CREATE VIEW account_names AS
SELECT
  name_key(a.account_name) AS name,
  min(regexp_replace(record(a.id), '^zcrm_', '')) AS account_id
FROM raw.account AS a
WHERE name_key(a.account_name) IS NOT NULL
GROUP BY name_key(a.account_name)
HAVING count(*) = 1;

-- Names that one contact has alone, and those that one deal has.
CREATE VIEW contact_names AS
SELECT
  name_key(concat_ws(' ', record(c.first_name), record(c.last_name))) AS name,
  min(regexp_replace(record(c.id), '^zcrm_', '')) AS contact_id
FROM raw.contact AS c
WHERE name_key(concat_ws(' ', record(c.first_name), record(c.last_name))) IS NOT NULL
GROUP BY name_key(concat_ws(' ', record(c.first_name), record(c.last_name)))
HAVING count(*) = 1;

CREATE VIEW deal_names AS
SELECT
  name_key(d.deal_name) AS name,
  min(regexp_replace(record(d.id), '^zcrm_', '')) AS deal_id
FROM raw.deal AS d
WHERE name_key(d.deal_name) IS NOT NULL
GROUP BY name_key(d.deal_name)
HAVING count(*) = 1;

-- Addresses that one contact has alone: older backups do not say which contact a lead became.
CREATE VIEW contact_addresses AS
SELECT
  name_key(c.email) AS email,
  min(regexp_replace(record(c.id), '^zcrm_', '')) AS contact_id
FROM raw.contact AS c
WHERE name_key(c.email) IS NOT NULL
GROUP BY name_key(c.email)
HAVING count(*) = 1;

-- Which contact each converted lead became, with what only the lead knows.
CREATE VIEW converted AS
SELECT
  regexp_replace(record(l.id), '^zcrm_', '') AS lead_id,
  coalesce(regexp_replace(record(l.converted_contact_id), '^zcrm_', ''), e.contact_id) AS contact_id,
  moment(l.created_time) AS created_at,
  l.lead_source AS source
FROM raw.lead AS l
LEFT JOIN contact_addresses AS e ON e.email = name_key(l.email)
WHERE yes(l.is_converted)
  AND coalesce(regexp_replace(record(l.converted_contact_id), '^zcrm_', ''), e.contact_id) IS NOT NULL;

CREATE VIEW first_leads AS
SELECT
  k.contact_id,
  k.created_at,
  k.source
FROM converted AS k
QUALIFY row_number() OVER (PARTITION BY k.contact_id ORDER BY k.created_at, k.lead_id) = 1;

-- What each stage means, where the settings of the pipeline are in the export.
CREATE VIEW stages AS
SELECT
  name_key(s.display_value) AS stage,
  min(s.forecast_type) AS forecast_type
FROM raw.stage AS s
GROUP BY name_key(s.display_value)
HAVING count(DISTINCT s.forecast_type) = 1;

-- When each deal got into the stage that it is in.
CREATE VIEW stage_days AS
SELECT
  regexp_replace(record(h.deal_id), '^zcrm_', '') AS deal_id,
  name_key(h.stage) AS stage,
  max(moment(h.changed_time)) AS changed_at
FROM raw.stage_history AS h
WHERE record(h.deal_id) IS NOT NULL
GROUP BY regexp_replace(record(h.deal_id), '^zcrm_', ''), name_key(h.stage);

-- What one unit of a currency is worth in the home currency: Zoho keeps with each record how many units that one is worth.
-- decided: rates are the middle of those in the deals of each currency: {SELECT d.currency, round(median(1 / TRY_CAST(d.exchange_rate AS DOUBLE)), 4) FROM raw.deal AS d WHERE TRY_CAST(d.exchange_rate AS DOUBLE) > 0 GROUP BY 1 ORDER BY 1}.
CREATE VIEW currencies AS
SELECT
  d.currency,
  median(1 / TRY_CAST(d.exchange_rate AS DOUBLE)) AS rate
FROM raw.deal AS d
WHERE TRY_CAST(d.exchange_rate AS DOUBLE) > 0
  AND record(d.currency) IS NOT NULL
GROUP BY d.currency;

-- Companies. Ids without `zcrm_`, as Zoho's import wants them.
CREATE VIEW accounts AS
SELECT
  regexp_replace(record(a.id), '^zcrm_', '') AS account_id,
  a.website AS domain,
  a.created_time AS created_at,
  a.owner,
  -- Every other column that may be known before a deal is decided: a candidate for fit.
  a.*
FROM raw.account AS a;

-- People: contacts, and the leads that are none yet.
-- decided: {SELECT count(*) FROM converted} converted leads are the contact that they became: one person, with the earlier date and
-- the source of the lead. What they did counts for the contact.
-- decided: {SELECT count(*) FROM raw.lead AS l WHERE yes(l.is_converted) AND regexp_replace(record(l.id), '^zcrm_', '') NOT IN (SELECT k.lead_id FROM converted AS k)} converted leads whose contact is not told and not found by its address are left out.
CREATE VIEW leads AS
SELECT
  regexp_replace(record(c.id), '^zcrm_', '') AS lead_id,
  -- decided: {SELECT count(*) FROM raw.contact AS c WHERE record(c.account_id) IS NULL AND name_key(c.account_name) IS NOT NULL} contacts name their account by its name alone; {SELECT count(*) FROM raw.contact AS c WHERE record(c.account_id) IS NULL AND name_key(c.account_name) IN (SELECT n.name FROM account_names AS n)} of these names are of one account.
  coalesce(regexp_replace(record(c.account_id), '^zcrm_', ''), n.account_id, CASE WHEN regexp_matches(c.account_name, '^(zcrm_)?[0-9]+$') THEN regexp_replace(c.account_name, '^zcrm_', '') END) AS account_id,
  least(moment(c.created_time), coalesce(f.created_at, moment(c.created_time))) AS created_at,
  -- Read only to find the account by its domain; it goes to no table, file or model.
  c.email,
  c.title,
  coalesce(f.source, c.lead_source) AS source,
  c.owner,
  c.*
FROM raw.contact AS c
LEFT JOIN account_names AS n ON n.name = name_key(c.account_name)
LEFT JOIN first_leads AS f ON f.contact_id = regexp_replace(record(c.id), '^zcrm_', '')
UNION ALL BY NAME
SELECT
  regexp_replace(record(l.id), '^zcrm_', '') AS lead_id,
  moment(l.created_time) AS created_at,
  l.email,
  l.title,
  l.lead_source AS source,
  l.owner,
  l.*
FROM raw.lead AS l
WHERE NOT yes(l.is_converted);

-- Deals.
CREATE VIEW opportunities AS
SELECT
  regexp_replace(record(d.id), '^zcrm_', '') AS opportunity_id,
  -- decided: {SELECT count(*) FROM raw.deal AS d WHERE record(d.account_id) IS NULL AND name_key(d.account_name) IS NOT NULL} deals name their account by its name alone; {SELECT count(*) FROM raw.deal AS d WHERE record(d.account_id) IS NULL AND name_key(d.account_name) IN (SELECT n.name FROM account_names AS n)} of these names are of one account.
  coalesce(regexp_replace(record(d.account_id), '^zcrm_', ''), n.account_id, regexp_replace(name_key(d.account_name), '^zcrm_', '')) AS account_id,
  coalesce(regexp_replace(record(d.contact_id), '^zcrm_', ''), p.contact_id, CASE WHEN regexp_matches(d.contact_name, '^(zcrm_)?[0-9]+$') THEN regexp_replace(d.contact_name, '^zcrm_', '') END) AS lead_id,
  d.created_time AS created_at,
  -- choice: deals by stage and probability: {SELECT d.stage, coalesce(record(d.probability), '?') || ' %', count(*) FROM raw.deal AS d GROUP BY 1, 2 ORDER BY 3 DESC, 1}.
  -- The name of the stage tells what is won or lost, where the pipeline's settings do not. If a stage of yours is won
  -- or lost under a name of its own:
  --? CASE WHEN d.stage = 'Signed' THEN 'won' ELSE d.stage END AS status,
  CASE
    WHEN name_key(s.forecast_type) = 'closed won' THEN 'won'
    WHEN name_key(s.forecast_type) = 'closed lost' THEN 'lost'
    WHEN name_key(s.forecast_type) IN ('open', 'omitted') THEN 'open'
    ELSE d.stage
  END AS status,
  -- The day on which the deal got into its stage; without a history of stages the closing date, which is a plan while
  -- the deal is open: closedwon does not use it then.
  coalesce(h.changed_at, moment(d.closing_date)) AS closed_at,
  d.amount,
  d.currency,
  -- decided: deals by type: {SELECT coalesce(record(d.type), '(empty)'), count(*) FROM raw.deal AS d GROUP BY 1 ORDER BY 2 DESC, 1}.
  -- An empty type is new business; only an account's first won deal counts as a win.
  d.type AS opportunity_type,
  -- Where it stands today: what nights keep of it becomes its history. Nothing learns from this column itself.
  d.stage,
  d.probability,
  d.owner,
  d._fivetran_deleted
FROM raw.deal AS d
LEFT JOIN account_names AS n ON n.name = name_key(d.account_name)
LEFT JOIN contact_names AS p ON p.name = name_key(d.contact_name)
LEFT JOIN stages AS s ON s.stage = name_key(d.stage)
LEFT JOIN stage_days AS h ON h.deal_id = regexp_replace(record(d.id), '^zcrm_', '') AND h.stage = name_key(d.stage);

-- Who took part in a deal, beside its contact.
CREATE VIEW contact_roles AS
SELECT
  regexp_replace(record(r.deal_id), '^zcrm_', '') AS opportunity_id,
  regexp_replace(record(r.contact_id), '^zcrm_', '') AS lead_id,
  r.role
FROM raw.contact_role AS r;

-- The steps of deals, with what was planned of them.
CREATE VIEW opportunity_history AS
SELECT
  regexp_replace(record(h.deal_id), '^zcrm_', '') AS opportunity_id,
  h.changed_time AS changed_at,
  h.stage,
  h.amount,
  h.closing_date AS close_date,
  h.probability
FROM raw.stage_history AS h
WHERE record(h.deal_id) IS NOT NULL;

-- What was done: tasks that are done, calls, meetings and e-mails, with the person and what they are about.
CREATE VIEW done AS
SELECT
  record(t.id) AS activity_id,
  regexp_replace(record(t.contact_id), '^zcrm_', '') AS contact_id,
  regexp_replace(record(t.related_to_id), '^zcrm_', '') AS about,
  name_key(t.contact_name) AS contact_name,
  name_key(t.related_to) AS about_name,
  'task' AS activity_type,
  coalesce(record(t.closed_time), record(t.due_date), record(t.created_time)) AS occurred_at,
  t.created_time AS known_at,
  'outbound' AS direction
FROM raw.task AS t
-- decided: {SELECT count(*) FROM raw.task AS t WHERE coalesce(name_key(t.status), '') NOT IN ('completed', 'abgeschlossen', 'terminé', 'completado', 'concluído')} tasks are not done, and count for nothing.
WHERE name_key(t.status) IN ('completed', 'abgeschlossen', 'terminé', 'completado', 'concluído')
UNION ALL BY NAME
SELECT
  record(c.id) AS activity_id,
  regexp_replace(record(c.contact_id), '^zcrm_', '') AS contact_id,
  regexp_replace(record(c.related_to_id), '^zcrm_', '') AS about,
  name_key(c.contact_name) AS contact_name,
  name_key(c.related_to) AS about_name,
  'call' AS activity_type,
  c.call_start_time AS occurred_at,
  c.created_time AS known_at,
  -- decided: calls by type: {SELECT coalesce(record(c.call_type), '(empty)'), count(*) FROM raw.call AS c GROUP BY 1 ORDER BY 2 DESC, 1}. One that we missed is the buyer's.
  CASE WHEN name_key(c.call_type) IN ('inbound', 'missed', 'incoming', 'eingehend', 'entrant', 'entrante') THEN 'inbound' ELSE 'outbound' END AS direction
FROM raw.call AS c
-- decided: {SELECT count(*) FROM raw.call AS c WHERE name_key(c.call_status) IN ('scheduled', 'overdue', 'cancelled', 'canceled', 'attended dialled')} calls were only planned, and count for nothing.
WHERE coalesce(name_key(c.call_status) NOT IN ('scheduled', 'overdue', 'cancelled', 'canceled'), TRUE)
UNION ALL BY NAME
SELECT
  record(e.id) AS activity_id,
  regexp_replace(record(e.contact_id), '^zcrm_', '') AS contact_id,
  regexp_replace(record(e.related_to_id), '^zcrm_', '') AS about,
  name_key(e.contact_name) AS contact_name,
  name_key(e.related_to) AS about_name,
  -- Whether it was held is not known. A meeting that is still to come waits until then.
  'meeting' AS activity_type,
  e.start_time AS occurred_at,
  e.created_time AS known_at
FROM raw.event AS e
WHERE coalesce(name_key(e.check_in_status) NOT IN ('cancelled', 'canceled', 'no show'), TRUE)
UNION ALL BY NAME
SELECT
  record(m.id) AS activity_id,
  regexp_replace(record(m.contact_id), '^zcrm_', '') AS contact_id,
  regexp_replace(record(m.related_to_id), '^zcrm_', '') AS about,
  name_key(m.contact_name) AS contact_name,
  name_key(m.related_to) AS about_name,
  'email' AS activity_type,
  m.time AS occurred_at,
  CASE WHEN no(m.sent) THEN 'inbound' ELSE 'outbound' END AS direction
FROM raw.email AS m;

CREATE VIEW activities AS
SELECT
  a.activity_id,
  -- In a view a record is named. A name that several records have is nobody's.
  coalesce(k.contact_id, w.contact_id, a.contact_id, n.contact_id, CASE WHEN a.about IN (SELECT p.lead_id FROM leads AS p) THEN a.about END) AS lead_id,
  -- The account that it is about, or that of the deal.
  coalesce(o.account_id, CASE WHEN a.about IN (SELECT c.account_id FROM accounts AS c) THEN a.about END, m.account_id) AS account_id,
  a.activity_type,
  a.occurred_at,
  a.known_at,
  a.direction
FROM done AS a
LEFT JOIN converted AS k ON k.lead_id = a.about
LEFT JOIN converted AS w ON w.lead_id = a.contact_id
LEFT JOIN contact_names AS n ON n.name = a.contact_name
LEFT JOIN account_names AS m ON m.name = a.about_name
LEFT JOIN deal_names AS d ON d.name = a.about_name
LEFT JOIN opportunities AS o ON o.opportunity_id = coalesce(a.about, d.deal_id);

-- What campaigns cost, in the month in which they began.
CREATE VIEW spend AS
SELECT
  p.campaign_name AS campaign,
  p.start_date AS month,
  p.actual_cost AS cost,
  p.currency
FROM raw.campaign AS p
WHERE record(p.actual_cost) IS NOT NULL
  AND record(p.start_date) IS NOT NULL;
