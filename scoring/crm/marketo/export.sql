-- Addresses that one person of the CRM has alone. They serve to find a person, and go to no table.
CREATE VIEW crm_addresses AS
SELECT
  name_key(c.email) AS email,
  min(c.lead_id) AS lead_id
FROM crm_leads AS c
WHERE name_key(c.email) IS NOT NULL
GROUP BY name_key(c.email)
HAVING count(*) = 1;

-- Who was merged into whom, by the newest merge.
CREATE VIEW marketo_merges AS
SELECT
  unnest(string_split(regexp_replace(record(m.merge_ids), '[^0-9,]', '', 'g'), ',')) AS lead_id,
  record(m.lead_id) AS survivor,
  m.activity_date AS merged_at
FROM raw.activity_merge_leads AS m
UNION ALL BY NAME
SELECT
  unnest(string_split(regexp_replace(regexp_extract(record(a.attributes), '"Merge ?I[Dd]s": *"?\[?([0-9, ]+)', 1), ' ', '', 'g'), ',')) AS lead_id,
  record(a.lead_id) AS survivor,
  a.activity_date AS merged_at
FROM raw.marketo_activity AS a
WHERE record(a.activity_type_id) = '32';

CREATE VIEW marketo_last_merges AS
SELECT
  m.lead_id,
  m.survivor
FROM marketo_merges AS m
WHERE m.lead_id <> ''
  AND m.lead_id <> m.survivor
QUALIFY row_number() OVER (PARTITION BY m.lead_id ORDER BY m.merged_at DESC, m.survivor) = 1;

-- A survivor may have been merged later.
CREATE VIEW marketo_merged AS
SELECT
  m.lead_id,
  coalesce(n.survivor, m.survivor) AS survivor
FROM marketo_last_merges AS m
LEFT JOIN marketo_last_merges AS n ON n.lead_id = m.survivor;

-- People of Marketo, each with the person of the CRM that it is: by the ids that the synchronization keeps, else by an
-- address that one person of the CRM has alone.
CREATE VIEW marketo_people AS
SELECT
  record(l.id) AS marketo_id,
  coalesce(k.contact_id, c.lead_id, d.lead_id, e.lead_id) AS crm_id,
  moment(l.created_at) AS created_at,
  -- Read only to find the account by its domain; it goes to no table, file or model.
  l.email,
  l.title,
  coalesce(record(l.lead_source), record(l.original_source_type)) AS source,
  coalesce(p.name, record(l.acquisition_program_id)) AS campaign,
  CASE WHEN x.lead_id IS NOT NULL THEN 'true' ELSE l._fivetran_deleted END AS is_deleted,
  g.survivor AS merged_into,
  -- Every other column that may be known before a deal is decided: a candidate for fit.
  l.*
FROM raw.marketo_lead AS l
LEFT JOIN converted AS k ON k.lead_id = record(l.sfdc_lead_id)
LEFT JOIN crm_leads AS c ON c.lead_id = record(l.sfdc_contact_id)
LEFT JOIN crm_leads AS d ON d.lead_id = record(l.sfdc_lead_id)
LEFT JOIN crm_addresses AS e ON e.email = name_key(l.email)
LEFT JOIN raw.program AS p ON record(p.id) = record(l.acquisition_program_id)
LEFT JOIN (SELECT DISTINCT record(y.lead_id) AS lead_id FROM raw.activity_delete_lead AS y) AS x ON x.lead_id = record(l.id)
LEFT JOIN marketo_merged AS g ON g.lead_id = record(l.id);

CREATE VIEW marketo_first AS
SELECT
  p.crm_id,
  p.created_at,
  p.source,
  p.campaign,
  p.*
FROM marketo_people AS p
WHERE p.crm_id IS NOT NULL
  AND p.merged_into IS NULL
  AND NOT yes(p.is_deleted)
QUALIFY row_number() OVER (PARTITION BY p.crm_id ORDER BY p.created_at, p.marketo_id) = 1;

-- People: those of the CRM with what Marketo knows of them, and those that Marketo alone knows.
-- decided: {SELECT count(*) FROM marketo_people AS p WHERE p.crm_id IS NOT NULL} people of Marketo are people of the CRM: one person.
-- choice: {SELECT CASE WHEN count(p.crm_id) > 0 THEN count(*) - count(p.crm_id) END FROM marketo_people AS p} people are in Marketo alone: they have no deals, and belong to an account only by the domain of their
-- address. Files for the CRM cannot name them, and a night refuses such files if most people have no id of the CRM. To
-- leave them out, take away the second SELECT.
CREATE VIEW leads AS
SELECT
  c.lead_id,
  CASE
    WHEN f.created_at < TRY_CAST(c.created_at AS TIMESTAMP) THEN CAST(f.created_at AS TEXT)
    ELSE CAST(c.created_at AS TEXT)
  END AS created_at,
  coalesce(c.source, f.source) AS source,
  coalesce(c.campaign, f.campaign) AS campaign,
  c.*,
  f.*
FROM crm_leads AS c
LEFT JOIN marketo_first AS f ON f.crm_id = c.lead_id
UNION ALL BY NAME
SELECT
  p.marketo_id AS lead_id,
  CAST(p.created_at AS TEXT) AS created_at,
  p.email,
  p.title,
  p.source,
  p.campaign,
  p.is_deleted,
  p.merged_into,
  p.*
FROM marketo_people AS p
WHERE p.crm_id IS NULL;

-- What people did, and what we sent them. All else that Marketo logs (a changed value, a score, a list, a merge) is no touch.
-- decided: activities by type that count for nothing: {SELECT coalesce(t.name, record(a.activity_type_id)), count(*) FROM raw.marketo_activity AS a LEFT JOIN raw.marketo_activity_type AS t ON record(t.id) = record(a.activity_type_id) WHERE record(a.activity_type_id) NOT IN ('1', '2', '3', '6', '7', '8', '9', '10', '11', '27', '39', '40', '41', '45') GROUP BY 1 ORDER BY 2 DESC, 1}.
CREATE VIEW marketo_touches AS
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  CASE record(a.activity_type_id)
    WHEN '1' THEN 'visit webpage'
    WHEN '2' THEN 'fill out form'
    WHEN '3' THEN 'click link'
    WHEN '6' THEN 'send email'
    WHEN '7' THEN 'email delivered'
    WHEN '8' THEN 'email bounced'
    WHEN '9' THEN 'unsubscribe email'
    WHEN '10' THEN 'open email'
    WHEN '11' THEN 'click email'
    WHEN '27' THEN 'email bounced'
    WHEN '39' THEN 'send sales email'
    WHEN '40' THEN 'open sales email'
    WHEN '41' THEN 'click sales email'
    WHEN '45' THEN 'receive sales email'
  END AS activity_type,
  a.activity_date AS occurred_at,
  nullif(regexp_extract(record(a.attributes), '"User Agent": *"([^"]*)"', 1), '') AS user_agent,
  nullif(regexp_extract(record(a.attributes), '"[Ii]s ?[Bb]ot ?[Aa]ctivity": *"?([A-Za-z01]+)', 1), '') AS is_bot_activity
FROM raw.marketo_activity AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'visit webpage' AS activity_type,
  a.activity_date AS occurred_at,
  a.user_agent
FROM raw.activity_visit_webpage AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'fill out form' AS activity_type,
  a.activity_date AS occurred_at,
  a.user_agent
FROM raw.activity_fill_out_form AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'click link' AS activity_type,
  a.activity_date AS occurred_at,
  a.user_agent
FROM raw.activity_click_link AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'send email' AS activity_type,
  a.activity_date AS occurred_at
FROM raw.activity_send_email AS a
-- decided: {SELECT count(*) FROM raw.activity_send_email AS a WHERE name_key(a.action_result) IN ('skipped', 'failed')} e-mails were not sent (skipped or failed), and count for nothing.
WHERE coalesce(name_key(a.action_result) NOT IN ('skipped', 'failed'), TRUE)
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'email delivered' AS activity_type,
  a.activity_date AS occurred_at
FROM raw.activity_email_delivered AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'email bounced' AS activity_type,
  a.activity_date AS occurred_at
FROM raw.activity_email_bounced AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'open email' AS activity_type,
  a.activity_date AS occurred_at,
  a.user_agent,
  a.is_bot_activity
FROM raw.activity_open_email AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'click email' AS activity_type,
  a.activity_date AS occurred_at,
  a.user_agent,
  a.is_bot_activity
FROM raw.activity_click_email AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'unsubscribe email' AS activity_type,
  a.activity_date AS occurred_at,
  a.user_agent
FROM raw.activity_unsubscribe_email AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'send sales email' AS activity_type,
  a.activity_date AS occurred_at
FROM raw.activity_send_sales_email AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'open sales email' AS activity_type,
  a.activity_date AS occurred_at,
  a.user_agent
FROM raw.activity_open_sales_email AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'click sales email' AS activity_type,
  a.activity_date AS occurred_at,
  a.user_agent
FROM raw.activity_click_sales_email AS a
UNION ALL BY NAME
SELECT
  record(a.id) AS id,
  record(a.lead_id) AS lead_id,
  'receive sales email' AS activity_type,
  a.activity_date AS occurred_at
FROM raw.activity_receive_sales_email AS a;

CREATE VIEW activities AS
SELECT
  c.*
FROM crm_activities AS c
UNION ALL BY NAME
SELECT
  'marketo ' || t.id AS activity_id,
  coalesce(p.crm_id, g.survivor, t.lead_id) AS lead_id,
  t.activity_type,
  t.occurred_at,
  -- What we send is ours. Who unsubscribes turns away: that is no interest either.
  CASE
    WHEN t.activity_type IN ('send email', 'email delivered', 'email bounced', 'send sales email', 'unsubscribe email') THEN 'outbound'
    ELSE 'inbound'
  END AS direction,
  t.user_agent,
  t.is_bot_activity
FROM marketo_touches AS t
LEFT JOIN marketo_merged AS g ON g.lead_id = t.lead_id
LEFT JOIN marketo_people AS p ON p.marketo_id = coalesce(g.survivor, t.lead_id)
WHERE t.activity_type IS NOT NULL;

-- Earlier values of what is known of people: Marketo logs every change.
CREATE VIEW lead_history AS
SELECT
  c.*
FROM crm_lead_history AS c
UNION ALL BY NAME
SELECT
  coalesce(p.crm_id, g.survivor, record(h.lead_id)) AS lead_id,
  h.activity_date AS known_at,
  each_field(h.primary_attribute_value, h.new_value)
FROM raw.activity_change_data_value AS h
LEFT JOIN marketo_merged AS g ON g.lead_id = record(h.lead_id)
LEFT JOIN marketo_people AS p ON p.marketo_id = coalesce(g.survivor, record(h.lead_id));

-- What programs cost, by month.
CREATE VIEW spend AS
SELECT
  c.*
FROM crm_spend AS c
UNION ALL BY NAME
SELECT
  p.name AS campaign,
  k.start_date AS month,
  k.cost
FROM raw.program_cost AS k
JOIN raw.program AS p ON record(p.id) = record(k.program_id);
