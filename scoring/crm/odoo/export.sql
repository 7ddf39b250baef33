-- Names that one company has alone: exports refer to companies by name, unless their External ID is chosen.
CREATE VIEW company_names AS
SELECT
  name_key(p.name) AS name,
  min(record(p.id)) AS account_id
FROM raw.res_partner AS p
WHERE yes(p.is_company) OR name_key(p.company_type) = 'company'
GROUP BY name_key(p.name)
HAVING count(*) = 1;

-- Every partner, with the company that it is or belongs to.
CREATE VIEW partners AS
SELECT
  record(p.id) AS partner_id,
  -- As a deal shows it: people with their company before the name.
  coalesce(name_key(p.display_name), CASE WHEN name_key(p.parent_name) IS NOT NULL THEN name_key(p.parent_name) || ', ' || name_key(p.name) END, name_key(p.name)) AS name,
  CASE
    WHEN yes(p.is_company) OR name_key(p.company_type) = 'company' THEN record(p.id)
    ELSE coalesce(record(q.id), n.account_id)
  END AS account_id
FROM raw.res_partner AS p
LEFT JOIN raw.res_partner AS q ON record(q.id) = record(p.parent_ref)
LEFT JOIN company_names AS n ON n.name = name_key(p.parent_name);

CREATE VIEW partner_names AS
SELECT
  p.name,
  min(p.account_id) AS account_id
FROM partners AS p
WHERE p.name IS NOT NULL
GROUP BY p.name
HAVING count(*) = 1;

-- Stages, with their names in English where the database has them in several languages.
CREATE VIEW stages AS
SELECT
  record(s.id) AS stage_id,
  coalesce(nullif(regexp_extract(record(s.name), '"en_US": ?"([^"]*)"', 1), ''), record(s.name)) AS stage,
  s.is_won
FROM raw.crm_stage AS s;

-- The number that each row has in the database: messages refer to it. Odoo writes it into the External IDs that it makes.
CREATE VIEW numbers AS
SELECT
  record(l.id) AS lead_id,
  coalesce(nullif(regexp_extract(record(l.id), '^__export__[.]crm_lead_([0-9]+)', 1), ''), record(l.id)) AS number,
  l.create_date
FROM raw.crm_lead AS l;

-- Companies.
CREATE VIEW accounts AS
SELECT
  record(p.id) AS account_id,
  p.website AS domain,
  p.create_date AS created_at,
  p.owner,
  -- Every other column that may be known before a deal is decided: a candidate for fit.
  p.*
FROM raw.res_partner AS p
WHERE yes(p.is_company) OR name_key(p.company_type) = 'company';

-- Leads: every row, for one that became an opportunity stayed the row that it was.
CREATE VIEW leads AS
SELECT
  record(l.id) AS lead_id,
  -- decided: {SELECT count(*) FROM raw.crm_lead AS l LEFT JOIN partners AS p ON p.partner_id = record(l.customer_ref) LEFT JOIN partner_names AS n ON n.name = name_key(l.customer) WHERE p.partner_id IS NULL AND n.name IS NOT NULL} rows name their customer by its name alone. Export the External ID of the customer to be sure.
  -- decided: {SELECT count(*) FROM raw.crm_lead AS l LEFT JOIN partners AS p ON p.partner_id = record(l.customer_ref) LEFT JOIN partner_names AS n ON n.name = name_key(l.customer) WHERE coalesce(p.account_id, n.account_id) IS NULL} rows have no company as their customer, and belong to one only where the domain of their address tells.
  coalesce(p.account_id, n.account_id) AS account_id,
  l.create_date AS created_at,
  -- Read only to find the account by its domain; it goes to no table, file or model.
  l.email,
  l.job AS title,
  coalesce(u.name, record(l.source)) AS source,
  coalesce(c.name, record(l.campaign)) AS campaign,
  coalesce(m.name, record(l.medium)) AS utm_medium,
  l.owner,
  l.*
FROM raw.crm_lead AS l
LEFT JOIN partners AS p ON p.partner_id = record(l.customer_ref)
LEFT JOIN partner_names AS n ON n.name = name_key(l.customer)
LEFT JOIN raw.utm_source AS u ON record(u.id) = record(l.source_ref)
LEFT JOIN raw.utm_campaign AS c ON record(c.id) = record(l.campaign_ref)
LEFT JOIN raw.utm_medium AS m ON record(m.id) = record(l.medium_ref);

-- Deals: the rows of the type opportunity.
-- choice: {SELECT CASE WHEN count(*) = 0 THEN 'No' END FROM opportunities AS o WHERE o.status = 'lost'} deal of this export is lost. Odoo archives lost deals, and leaves archived rows out of an
-- export: set the filter Archived as well, and export again. A model that never saw a lost deal believes in all of them.
CREATE VIEW opportunities AS
SELECT
  record(l.id) AS opportunity_id,
  coalesce(p.account_id, n.account_id) AS account_id,
  record(l.id) AS lead_id,
  -- A lead is a deal from its conversion on.
  coalesce(record(l.date_conversion), record(l.create_date)) AS created_at,
  CASE
    WHEN name_key(l.won_status) IN ('won', 'lost') THEN name_key(l.won_status)
    WHEN yes(l.is_won) OR yes(s.is_won) THEN 'won'
    -- decided: {SELECT count(*) FROM raw.crm_lead AS l WHERE no(l.active)} rows are archived: those that are not won are lost.
    WHEN no(l.active) THEN 'lost'
    WHEN no(l.is_won) OR no(s.is_won) THEN 'open'
    -- decided: {SELECT count(*) FROM raw.crm_lead AS l WHERE TRY_CAST(replace(replace(record(l.probability), ',', '.'), '%', '') AS DOUBLE) >= 100} rows have a probability of 100, and are won if nothing else tells.
    WHEN TRY_CAST(replace(replace(record(l.probability), ',', '.'), '%', '') AS DOUBLE) >= 100 THEN 'won'
    WHEN record(l.lost_reason) IS NOT NULL THEN 'lost'
    WHEN record(l.probability) IS NOT NULL THEN 'open'
    ELSE l.stage
  END AS status,
  -- decided: {SELECT count(*) FROM raw.crm_lead AS l WHERE no(l.active) AND record(l.date_closed) IS NULL AND coalesce(record(l.date_last_stage_update), record(l.write_date)) IS NOT NULL} archived rows have no closing date: the last change stands for it.
  -- choice: {SELECT count(*) FROM raw.crm_lead AS l WHERE no(l.active) AND coalesce(record(l.date_closed), record(l.date_last_stage_update), record(l.write_date)) IS NULL} archived rows have no date of their end, and cannot be lost deals: export Last Updated on (write_date) too.
  coalesce(record(l.date_closed), record(l.date_last_stage_update), record(l.write_date)) AS closed_at,
  l.expected_revenue AS amount,
  l.currency,
  l.owner
FROM raw.crm_lead AS l
LEFT JOIN partners AS p ON p.partner_id = record(l.customer_ref)
LEFT JOIN partner_names AS n ON n.name = name_key(l.customer)
LEFT JOIN stages AS s ON s.stage_id = record(l.stage_ref)
-- decided: {SELECT count(*) FROM raw.crm_lead AS l WHERE coalesce(name_key(l.type) IN ('lead', 'interessent', 'piste', 'iniciativa', 'prospecto'), FALSE)} rows are leads that are no deals yet, or never became one.
WHERE coalesce(name_key(l.type) NOT IN ('lead', 'interessent', 'piste', 'iniciativa', 'prospecto'), TRUE);

-- The steps of deals: tracked values that are names of stages, and the stage that the first of them left.
CREATE VIEW stage_changes AS
SELECT
  x.lead_id,
  m.date AS changed_at,
  t.old_value_char AS old_stage,
  t.new_value_char AS stage,
  x.create_date
FROM raw.mail_tracking_value AS t
JOIN raw.mail_message AS m ON record(m.id) = record(t.mail_message_id)
JOIN numbers AS x ON x.number = record(m.res_id)
WHERE coalesce(record(m.model) IN ('crm.lead', 'Lead/Opportunity'), TRUE)
  AND t.new_value_char IN (SELECT s.stage FROM stages AS s);

CREATE VIEW first_stages AS
SELECT
  c.lead_id,
  c.create_date AS changed_at,
  c.old_stage AS stage
FROM stage_changes AS c
QUALIFY row_number() OVER (PARTITION BY c.lead_id ORDER BY c.changed_at, c.old_stage) = 1;

CREATE VIEW opportunity_history AS
SELECT
  c.lead_id AS opportunity_id,
  c.changed_at,
  c.stage
FROM stage_changes AS c
UNION ALL BY NAME
SELECT
  f.lead_id AS opportunity_id,
  f.changed_at,
  f.stage
FROM first_stages AS f
WHERE f.stage IS NOT NULL;

-- What was done: e-mails and calls of the log, meetings, calls.
CREATE VIEW activities AS
SELECT
  'message ' || record(m.id) AS activity_id,
  x.lead_id,
  CASE
    WHEN record(m.activity_type) IS NOT NULL THEN lower(coalesce(a.name, record(m.activity_type))) || ' task'
    ELSE 'email'
  END AS activity_type,
  m.date AS occurred_at,
  m.create_date AS known_at,
  -- decided: messages by type: {SELECT coalesce(record(m.message_type), '(empty)'), count(*) FROM raw.mail_message AS m GROUP BY 1 ORDER BY 2 DESC, 1}. An e-mail came in; a comment is ours; what Odoo noted itself counts for nothing.
  CASE WHEN name_key(m.message_type) IN ('email', 'incoming email') AND record(m.activity_type) IS NULL THEN 'inbound' ELSE 'outbound' END AS direction
FROM raw.mail_message AS m
JOIN numbers AS x ON x.number = record(m.res_id)
LEFT JOIN raw.mail_activity_type AS a ON record(a.id) = record(m.activity_type)
LEFT JOIN raw.mail_message_subtype AS u ON record(u.id) = record(m.subtype)
WHERE coalesce(record(m.model) IN ('crm.lead', 'Lead/Opportunity'), TRUE)
  AND (name_key(m.message_type) IN ('email', 'incoming email', 'comment', 'email_outgoing', 'outgoing email') OR record(m.activity_type) IS NOT NULL)
  AND NOT yes(m.is_internal)
  AND coalesce(name_key(coalesce(record(u.name), record(m.subtype))) NOT IN ('note', 'notiz', 'nota'), TRUE)
UNION ALL BY NAME
SELECT
  'meeting ' || record(e.id) AS activity_id,
  x.lead_id,
  -- Whether it was held is not known. A meeting that is still to come waits until then.
  'meeting' AS activity_type,
  e.start AS occurred_at,
  e.create_date AS known_at
FROM raw.calendar_event AS e
JOIN numbers AS x ON x.number = record(e.opportunity_id) OR x.lead_id = record(e.opportunity_id)
WHERE NOT no(e.active)
UNION ALL BY NAME
SELECT
  'call ' || record(c.id) AS activity_id,
  x.lead_id,
  'call' AS activity_type,
  c.date AS occurred_at,
  c.create_date AS known_at,
  CASE WHEN name_key(c.direction) IN ('in', 'inbound') THEN 'inbound' ELSE 'outbound' END AS direction
FROM raw.crm_phonecall AS c
JOIN numbers AS x ON x.number = record(c.opportunity_id) OR x.lead_id = record(c.opportunity_id)
WHERE coalesce(name_key(c.state) IN ('done', 'held'), TRUE);
