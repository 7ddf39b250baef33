-- The first lead that became each contact: a converted lead and its contact are one person.
CREATE VIEW first_leads AS
SELECT
  l.id AS lead_id,
  record(l.converted_contact_id) AS contact_id,
  moment(l.created_date) AS created_at,
  l.lead_source AS source,
  l.utm_source,
  l.utm_medium,
  l.utm_campaign,
  l.utm_content,
  l.utm_term,
  l.*
FROM raw.lead AS l
WHERE yes(l.is_converted)
  AND record(l.converted_contact_id) IS NOT NULL
  AND NOT yes(l.is_deleted)
QUALIFY row_number() OVER (PARTITION BY record(l.converted_contact_id) ORDER BY moment(l.created_date), l.id) = 1;

-- Which contact each converted lead became: what names the lead is the contact's.
CREATE VIEW converted AS
SELECT
  l.id AS lead_id,
  min(record(l.converted_contact_id)) AS contact_id
FROM raw.lead AS l
WHERE yes(l.is_converted)
  AND record(l.converted_contact_id) IS NOT NULL
GROUP BY l.id;

-- What one unit of a currency is worth in the company's: Salesforce says how many of it the company's is worth.
CREATE VIEW currencies AS
SELECT
  d.iso_code AS currency,
  1 / TRY_CAST(d.conversion_rate AS DOUBLE) AS rate,
  d.start_date AS "from"
FROM raw.dated_conversion_rate AS d
UNION ALL BY NAME
SELECT
  c.iso_code AS currency,
  1 / TRY_CAST(c.conversion_rate AS DOUBLE) AS rate
FROM raw.currency_type AS c
WHERE c.iso_code NOT IN (SELECT d.iso_code FROM raw.dated_conversion_rate AS d);

-- Accounts by their name, where only one has it: reports name the account of a deal and may lack its id.
CREATE VIEW account_names AS
SELECT
  name_key(a.name) AS name,
  min(coalesce(record(a.id), trim(a.name))) AS account_id
FROM raw.account AS a
WHERE name_key(a.name) IS NOT NULL
  AND NOT yes(a.is_deleted)
GROUP BY name_key(a.name)
HAVING count(*) = 1;

-- Companies. Deleted and merged rows stay in: closedwon leaves them out, with a count, and knows that they were there.
CREATE VIEW accounts AS
SELECT
  -- A report without ids: the name is the id.
  CASE
    WHEN NOT has_column(a.id) THEN trim(a.name)
    ELSE a.id
  END AS account_id,
  a.website AS domain,
  a.created_date AS created_at,
  a.is_deleted,
  -- The record into which this one was merged: closedwon moves its deals and activities there.
  record(a.master_record_id) AS master_record_id,
  -- Whose account it is: kept, and never learned from.
  record(a.owner_id) AS owner_id,
  -- Every other column that may be known before a deal is decided: a candidate for fit.
  a.*
FROM raw.account AS a
-- decided: {SELECT count(*) FROM raw.account AS a WHERE yes(a.is_person_account)} accounts are persons (person accounts),
-- not companies, and are left out.
WHERE NOT yes(a.is_person_account)
  AND NOT no(a._fivetran_active)
UNION ALL BY NAME
-- decided: the accounts are not in the export. Those that deals name, {SELECT count(DISTINCT coalesce(record(o.account_id), trim(o.account_name))) FROM raw.opportunity AS o WHERE NOT has_table('account')}, stand in for them, with nothing known of
-- them but the day of their first deal. Export the accounts too.
SELECT
  coalesce(record(o.account_id), trim(o.account_name)) AS account_id,
  min(moment(o.created_date)) AS created_at
FROM raw.opportunity AS o
WHERE NOT has_table('account')
  AND coalesce(record(o.account_id), trim(o.account_name)) IS NOT NULL
GROUP BY coalesce(record(o.account_id), trim(o.account_name));

-- People: contacts, and the leads that are none yet.
-- decided: {SELECT count(*) FROM converted} converted leads are the contact that they became: one person, with the
-- earlier date, and the source and the UTM fields of the lead. What they did counts for the contact.
CREATE VIEW leads AS
SELECT
  CASE
    WHEN NOT has_column(c.id) THEN md5(concat_ws('|', c.full_name, c.first_name, c.last_name, c.account_name, c.email))
    ELSE c.id
  END AS lead_id,
  coalesce(record(c.account_id), n.account_id) AS account_id,
  least(moment(c.created_date), coalesce(f.created_at, moment(c.created_date))) AS created_at,
  -- Read only to find the account by its domain; it goes to no table, file or model.
  c.email,
  c.title,
  coalesce(f.source, c.lead_source) AS source,
  coalesce(f.utm_campaign, c.utm_campaign) AS campaign,
  coalesce(f.utm_source, c.utm_source) AS utm_source,
  coalesce(f.utm_medium, c.utm_medium) AS utm_medium,
  coalesce(f.utm_content, c.utm_content) AS utm_content,
  coalesce(f.utm_term, c.utm_term) AS utm_term,
  c.is_deleted,
  record(c.master_record_id) AS master_record_id,
  record(c.owner_id) AS owner_id,
  c.*,
  -- What only the lead has, the contact gets from it: else its being empty would tell who was converted.
  f.*
FROM raw.contact AS c
LEFT JOIN first_leads AS f ON f.contact_id = c.id
LEFT JOIN account_names AS n ON n.name = name_key(c.account_name) AND NOT has_column(c.account_id)
WHERE NOT no(c._fivetran_active)
UNION ALL BY NAME
SELECT
  CASE
    WHEN NOT has_column(l.id) THEN md5(concat_ws('|', l.full_name, l.first_name, l.last_name, l.company, l.email))
    ELSE l.id
  END AS lead_id,
  moment(l.created_date) AS created_at,
  l.email,
  l.title,
  l.lead_source AS source,
  l.utm_campaign AS campaign,
  l.utm_source,
  l.utm_medium,
  l.utm_content,
  l.utm_term,
  l.is_deleted,
  record(l.master_record_id) AS master_record_id,
  record(l.owner_id) AS owner_id,
  l.*
FROM raw.lead AS l
-- A lead that was converted, but whose contact is not in the export, stays a person of its own.
WHERE NOT (yes(l.is_converted) AND coalesce(record(l.converted_contact_id) IN (SELECT c.id FROM raw.contact AS c), FALSE))
  AND NOT no(l._fivetran_active);

-- The first contact of each deal, the primary one if there is one: whose a deal without an account is.
CREATE VIEW role_person AS
SELECT
  r.opportunity_id,
  r.contact_id
FROM raw.opportunity_contact_role AS r
WHERE NOT yes(r.is_deleted)
QUALIFY row_number() OVER (PARTITION BY r.opportunity_id ORDER BY yes(r.is_primary) DESC, r.contact_id) = 1;

-- Deals.
CREATE VIEW opportunities AS
SELECT
  -- A report without ids: the name, the account and the day of creation tell a deal from others.
  CASE
    WHEN NOT has_column(o.id) THEN md5(concat_ws('|', o.name, o.account_name, o.created_date))
    ELSE o.id
  END AS opportunity_id,
  -- decided: deals name their account and do not give its id. {SELECT count(*) FROM raw.opportunity AS o WHERE NOT has_column(o.account_id) AND name_key(o.account_name) NOT IN (SELECT n.name FROM account_names AS n)} name one that no account has, or several: they count for none. Add
  -- the Account ID to the report.
  coalesce(record(o.account_id), n.account_id, CASE WHEN NOT has_table('account') THEN trim(o.account_name) END) AS account_id,
  coalesce(record(o.contact_id), CASE WHEN coalesce(record(o.account_id), n.account_id) IS NULL THEN p.contact_id END) AS lead_id,
  o.created_date AS created_at,
  -- decided: {SELECT count(*) FROM raw.opportunity AS o WHERE record(o.stage_name) IS NULL AND record(o.close_date) IS NOT NULL} deals have no stage. A report that is grouped says it in the first row of each group alone: export it as Details Only.
  CASE
    -- Salesforce's own flags decide, whatever the stages are called.
    WHEN yes(o.is_won) THEN 'won'
    WHEN yes(o.is_closed) AND has_column(o.is_won) THEN 'lost'
    WHEN no(o.is_closed) THEN 'open'
    -- A deal without flags: a stage that says it by its name is read.
    WHEN regexp_matches(lower(o.stage_name), 'won|lost|gewonnen|verloren|gagn|perdu|ganad|perdid|ganh|vint[oa]|pers[oa]$') THEN o.stage_name
    -- Stages with a name of your own: Salesforce forecasts only what is won as closed.
    WHEN lower(o.forecast_category) = 'closed' THEN 'won'
    -- choice: stages whose names do not say whether they are won, with a probability of 100 %: {SELECT o.stage_name, count(*) FROM raw.opportunity AS o WHERE NOT has_column(o.is_won) AND NOT regexp_matches(lower(o.stage_name), 'won|lost|gewonnen|verloren|gagn|perdu|ganad|perdid|ganh|vint[oa]|pers[oa]$') AND regexp_matches(trim(text(o.probability)), '^100([.,]0*)? ?%?$') GROUP BY 1 ORDER BY 2 DESC, 1}.
    -- Their deals are read as won. Export the columns Won and Closed to be sure.
    WHEN regexp_matches(trim(text(o.probability)), '^100([.,]0*)? ?%?$') THEN 'won'
    -- choice: the same with a probability of 0 %: {SELECT o.stage_name, count(*) FROM raw.opportunity AS o WHERE NOT has_column(o.is_won) AND NOT regexp_matches(lower(o.stage_name), 'won|lost|gewonnen|verloren|gagn|perdu|ganad|perdid|ganh|vint[oa]|pers[oa]$|prospect|qualifi|new|open|lead|neu|offen') AND regexp_matches(trim(text(o.probability)), '^0([.,]0*)? ?%?$') GROUP BY 1 ORDER BY 2 DESC, 1}. Their deals are read as lost, unless the
    -- name says that the deal has just begun.
    WHEN regexp_matches(trim(text(o.probability)), '^0([.,]0*)? ?%?$') AND NOT regexp_matches(lower(o.stage_name), 'prospect|qualifi|new|open|lead|neu|offen') THEN 'lost'
    WHEN regexp_matches(trim(text(o.probability)), '^[1-9][0-9]?([.,][0-9]*)? ?%?$') AND NOT yes(o.is_closed) THEN 'open'
    ELSE o.stage_name
  END AS status,
  -- The close date is a day, and a plan while the deal is open: closedwon does not use it then.
  o.close_date AS closed_at,
  o.amount,
  -- decided: deals by type: {SELECT coalesce(o.type, '(empty)'), count(*) FROM raw.opportunity AS o GROUP BY 1 ORDER BY 2 DESC, 1}.
  -- An empty type is new business; only an account's first won deal counts as a win.
  -- choice: these types say neither that a deal is new business nor that it is none, and are read as empty: {SELECT o.type, count(*) FROM raw.opportunity AS o WHERE record(o.type) IS NOT NULL AND deal_type(o.type) IS NULL GROUP BY 1 ORDER BY 2 DESC, 1}.
  -- Name those that are renewals or sales to customers: CASE WHEN o.type = '…' THEN 'expansion' …
  deal_type(o.type) AS opportunity_type,
  o.currency_iso_code AS currency,
  -- Where it stands today: what nights keep of it becomes its history. Nothing learns from this column itself.
  o.stage_name AS stage,
  o.probability,
  record(o.owner_id) AS owner_id,
  -- decided: {SELECT count(*) FROM raw.opportunity AS o WHERE yes(o.is_deleted)} deleted deals are left out, won or not.
  o.is_deleted
FROM raw.opportunity AS o
LEFT JOIN account_names AS n ON n.name = name_key(o.account_name) AND NOT has_column(o.account_id)
LEFT JOIN role_person AS p ON p.opportunity_id = o.id
WHERE NOT no(o._fivetran_active)
  -- decided: {SELECT count(*) FROM raw.opportunity AS o LEFT JOIN account_names AS n ON n.name = name_key(o.account_name) AND NOT has_column(o.account_id) LEFT JOIN role_person AS p ON p.opportunity_id = o.id WHERE coalesce(record(o.account_id), n.account_id, CASE WHEN NOT has_table('account') THEN trim(o.account_name) END, record(o.contact_id), p.contact_id) IS NULL} deals have neither an account nor a contact, and are left out: they can count for nobody.
  AND coalesce(record(o.account_id), n.account_id, CASE WHEN NOT has_table('account') THEN trim(o.account_name) END, record(o.contact_id), p.contact_id) IS NOT NULL;

-- Who took part in a deal.
CREATE VIEW contact_roles AS
SELECT
  r.opportunity_id,
  r.contact_id AS lead_id,
  r.role,
  r.is_primary
FROM raw.opportunity_contact_role AS r
WHERE NOT yes(r.is_deleted);

-- What a deal was created with, where only the tracked fields tell: what the first change of each left.
CREATE VIEW first_values AS
SELECT
  f.opportunity_id,
  o.created_date AS changed_at,
  f.field,
  f.old_value AS value
FROM raw.opportunity_field_history AS f
JOIN raw.opportunity AS o ON o.id = f.opportunity_id
WHERE f.field IN ('StageName', 'Amount', 'CloseDate', 'Probability')
  AND record(f.old_value) IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY f.opportunity_id, f.field ORDER BY moment(f.created_date), f.old_value) = 1;

-- The steps of deals, with what was planned of them.
CREATE VIEW opportunity_history AS
SELECT
  h.opportunity_id,
  h.created_date AS changed_at,
  h.stage_name AS stage,
  h.amount,
  h.close_date,
  h.probability
FROM raw.opportunity_history AS h
WHERE NOT yes(h.is_deleted)
UNION ALL BY NAME
-- The tracked fields, where the history of stages itself is not there.
SELECT
  f.opportunity_id,
  f.created_date AS changed_at,
  CASE WHEN f.field = 'StageName' THEN f.new_value END AS stage,
  CASE WHEN f.field = 'Amount' THEN f.new_value END AS amount,
  CASE WHEN f.field = 'CloseDate' THEN f.new_value END AS close_date,
  CASE WHEN f.field = 'Probability' THEN f.new_value END AS probability
FROM raw.opportunity_field_history AS f
WHERE f.field IN ('StageName', 'Amount', 'CloseDate', 'Probability')
  AND NOT EXISTS (SELECT h.opportunity_id FROM raw.opportunity_history AS h WHERE h.opportunity_id = f.opportunity_id)
UNION ALL BY NAME
SELECT
  v.opportunity_id,
  v.changed_at,
  CASE WHEN v.field = 'StageName' THEN v.value END AS stage,
  CASE WHEN v.field = 'Amount' THEN v.value END AS amount,
  CASE WHEN v.field = 'CloseDate' THEN v.value END AS close_date,
  CASE WHEN v.field = 'Probability' THEN v.value END AS probability
FROM first_values AS v
WHERE NOT EXISTS (SELECT h.opportunity_id FROM raw.opportunity_history AS h WHERE h.opportunity_id = v.opportunity_id)
UNION ALL BY NAME
-- The versions of a deal that a connector kept. The first began when it began to copy, not when the stage did.
SELECT
  v.id AS opportunity_id,
  v._fivetran_start AS changed_at,
  v.stage_name AS stage,
  v.amount,
  v.close_date,
  v.probability
FROM raw.opportunity_version AS v
WHERE NOT yes(v.is_deleted);

-- Earlier values of attributes: from tracked fields, or the versions that a connector kept.
CREATE VIEW account_history AS
SELECT
  h.account_id,
  h.created_date AS known_at,
  each_field(h.field, h.new_value)
FROM raw.account_history AS h
UNION ALL BY NAME
SELECT
  v.id AS account_id,
  v._fivetran_start AS known_at,
  v.*
FROM raw.account_version AS v
WHERE NOT yes(v.is_deleted);

CREATE VIEW lead_history AS
SELECT
  coalesce(k.contact_id, h.lead_id) AS lead_id,
  h.created_date AS known_at,
  each_field(h.field, h.new_value)
FROM raw.lead_history AS h
LEFT JOIN converted AS k ON k.lead_id = h.lead_id
UNION ALL BY NAME
SELECT
  h.contact_id AS lead_id,
  h.created_date AS known_at,
  each_field(h.field, h.new_value)
FROM raw.contact_history AS h
UNION ALL BY NAME
SELECT
  v.id AS lead_id,
  v._fivetran_start AS known_at,
  v.*
FROM raw.contact_version AS v
WHERE NOT yes(v.is_deleted);

-- What was done: tasks that are done, meetings, and members of campaigns.
CREATE VIEW activities AS
SELECT
  t.id AS activity_id,
  coalesce(k.contact_id, record(t.who_id)) AS lead_id,
  -- The account itself, or that of the deal that the task is about.
  coalesce(record(t.account_id), CASE WHEN t.what_id LIKE '001%' THEN t.what_id END, record(o.account_id)) AS account_id,
  -- The kind of task: its type, or the word before a colon in its subject. Whose act it is follows from it, and what
  -- ends in `task` and names no act of a buyer is ours.
  lower(coalesce(nullif(t.type, ''), nullif(t.task_subtype, 'Task'), nullif(regexp_extract(t.subject, '^([A-Za-zÀ-ÿ ]{3,20}):', 1), ''), 'other')) || ' task' AS activity_type,
  -- When it was done; the due date of a task may lie in the future.
  coalesce(t.completed_date_time, t.activity_date, t.created_date) AS occurred_at,
  t.created_date AS known_at,
  -- decided: {SELECT count(*) FROM raw.task AS t LEFT JOIN raw.email_message AS m ON m.activity_id = t.id WHERE yes(m.incoming) OR lower(t.call_type) = 'inbound'} tasks are inbound, since Salesforce says that the buyer called or wrote.
  CASE
    WHEN yes(m.incoming) THEN 'inbound'
    WHEN lower(t.call_type) = 'inbound' THEN 'inbound'
    WHEN no(m.incoming) THEN 'outbound'
    WHEN lower(t.call_type) IN ('outbound', 'internal') THEN 'outbound'
    WHEN lower(t.task_subtype) = 'listemail' THEN 'outbound'
  END AS direction,
  t.is_deleted
FROM raw.task AS t
LEFT JOIN converted AS k ON k.lead_id = t.who_id
LEFT JOIN raw.opportunity AS o ON o.id = t.what_id
LEFT JOIN raw.email_message AS m ON m.activity_id = t.id
-- decided: {SELECT count(*) FROM raw.task AS t WHERE NOT (coalesce(CASE WHEN yes(t.is_closed) THEN TRUE WHEN no(t.is_closed) THEN FALSE END, lower(t.status) = 'completed', TRUE))} tasks are not done, and count for nothing.
WHERE coalesce(CASE WHEN yes(t.is_closed) THEN TRUE WHEN no(t.is_closed) THEN FALSE END, lower(t.status) = 'completed', TRUE)
  AND NOT yes(t.is_recurrence)
  AND NOT no(t._fivetran_active)
  -- decided: {SELECT count(*) FROM raw.task AS t LEFT JOIN converted AS k ON k.lead_id = t.who_id LEFT JOIN raw.opportunity AS o ON o.id = t.what_id WHERE coalesce(CASE WHEN yes(t.is_closed) THEN TRUE WHEN no(t.is_closed) THEN FALSE END, lower(t.status) = 'completed', TRUE) AND coalesce(k.contact_id, record(t.who_id), record(t.account_id), CASE WHEN t.what_id LIKE '001%' THEN t.what_id END, record(o.account_id)) IS NULL} tasks name no person, account or deal, and count for nobody.
  AND coalesce(k.contact_id, record(t.who_id), record(t.account_id), CASE WHEN t.what_id LIKE '001%' THEN t.what_id END, record(o.account_id)) IS NOT NULL
UNION ALL BY NAME
SELECT
  e.id AS activity_id,
  coalesce(k.contact_id, record(e.who_id)) AS lead_id,
  coalesce(record(e.account_id), CASE WHEN e.what_id LIKE '001%' THEN e.what_id END, record(o.account_id)) AS account_id,
  lower(coalesce(nullif(e.type, ''), nullif(e.event_subtype, 'Event'), 'meeting')) AS activity_type,
  -- Whether it was held is not known. A meeting that is still to come waits until then.
  coalesce(e.start_date_time, e.activity_date_time, e.activity_date, e.created_date) AS occurred_at,
  e.created_date AS known_at,
  e.is_deleted
FROM raw.event AS e
LEFT JOIN converted AS k ON k.lead_id = e.who_id
LEFT JOIN raw.opportunity AS o ON o.id = e.what_id
-- The invited of a meeting have rows of their own.
WHERE NOT yes(e.is_child)
  AND NOT yes(e.is_recurrence)
  AND NOT no(e._fivetran_active)
  -- decided: {SELECT count(*) FROM raw.event AS e LEFT JOIN converted AS k ON k.lead_id = e.who_id LEFT JOIN raw.opportunity AS o ON o.id = e.what_id WHERE NOT yes(e.is_child) AND coalesce(k.contact_id, record(e.who_id), record(e.account_id), CASE WHEN e.what_id LIKE '001%' THEN e.what_id END, record(o.account_id)) IS NULL} meetings name no person, account or deal, and count for nobody.
  AND coalesce(k.contact_id, record(e.who_id), record(e.account_id), CASE WHEN e.what_id LIKE '001%' THEN e.what_id END, record(o.account_id)) IS NOT NULL
UNION ALL BY NAME
-- E-mails that no task of the export stands for, with those who wrote or got them.
SELECT
  coalesce(m.id || ' ' || r.relation_id, m.id) AS activity_id,
  coalesce(k.contact_id, record(r.relation_id)) AS lead_id,
  coalesce(CASE WHEN m.related_to_id LIKE '001%' THEN m.related_to_id END, record(o.account_id)) AS account_id,
  'email' AS activity_type,
  coalesce(record(m.message_date), record(m.created_date)) AS occurred_at,
  m.created_date AS known_at,
  CASE WHEN yes(m.incoming) THEN 'inbound' ELSE 'outbound' END AS direction,
  m.is_deleted
FROM raw.email_message AS m
LEFT JOIN raw.email_message_relation AS r ON r.email_message_id = m.id AND r.relation_type = CASE WHEN yes(m.incoming) THEN 'FromAddress' ELSE 'ToAddress' END
LEFT JOIN converted AS k ON k.lead_id = r.relation_id
LEFT JOIN raw.opportunity AS o ON o.id = m.related_to_id
WHERE NOT coalesce(record(m.activity_id) IN (SELECT t.id FROM raw.task AS t), FALSE)
  -- Drafts were not sent.
  AND coalesce(lower(m.status) NOT IN ('5', 'draft'), TRUE)
  AND coalesce(k.contact_id, record(r.relation_id), CASE WHEN m.related_to_id LIKE '001%' THEN m.related_to_id END, record(o.account_id)) IS NOT NULL
UNION ALL BY NAME
-- Members of a campaign: that they were put into it is ours, that they responded is theirs.
SELECT
  m.id AS activity_id,
  coalesce(record(m.contact_id), k.contact_id, record(m.lead_id)) AS lead_id,
  lower(coalesce(p.type, 'campaign')) || ' sent' AS activity_type,
  m.created_date AS occurred_at,
  m.created_date AS known_at,
  'outbound' AS direction,
  m.is_deleted
FROM raw.campaign_member AS m
LEFT JOIN converted AS k ON k.lead_id = m.lead_id
LEFT JOIN raw.campaign AS p ON p.id = m.campaign_id
UNION ALL BY NAME
SELECT
  m.id AS activity_id,
  coalesce(record(m.contact_id), k.contact_id, record(m.lead_id)) AS lead_id,
  lower(coalesce(p.type, 'campaign')) || ' response' AS activity_type,
  coalesce(m.first_responded_date, m.created_date) AS occurred_at,
  m.created_date AS known_at,
  'inbound' AS direction,
  m.is_deleted
FROM raw.campaign_member AS m
LEFT JOIN converted AS k ON k.lead_id = m.lead_id
LEFT JOIN raw.campaign AS p ON p.id = m.campaign_id
WHERE yes(m.has_responded);

-- What campaigns cost, in the month in which they began.
CREATE VIEW spend AS
SELECT
  p.name AS campaign,
  p.start_date AS month,
  p.actual_cost AS cost,
  p.currency_iso_code AS currency
FROM raw.campaign AS p
WHERE p.actual_cost IS NOT NULL
  AND p.start_date IS NOT NULL
  AND NOT yes(p.is_deleted);
