-- decided: the export has no accounts, so each company that a deal or a contact names is one, without attributes.
CREATE VIEW named_companies AS
SELECT
  coalesce(guid(o.account_id), guid(o.customer_id), trim(o.account_name), trim(o.customer_name)) AS company,
  moment(o.created_on) AS created_at
FROM raw.opportunity AS o
WHERE NOT has_table('account')
UNION ALL BY NAME
SELECT
  coalesce(guid(c.company_id), trim(c.company_name)) AS company,
  moment(c.created_on) AS created_at
FROM raw.contact AS c
WHERE NOT has_table('account');

-- Which account a name means, where another record names it. Of several accounts of one name, the only active one.
CREATE VIEW account_names AS
SELECT
  name_key(a.name) AS name,
  CASE
    WHEN count(DISTINCT guid(a.account_id)) = 1 THEN min(guid(a.account_id))
    WHEN count(DISTINCT CASE WHEN coalesce(TRY_CAST(a.state_code AS INTEGER) = 0, lower(a.state_name) IN ('active', 'aktiv', 'actif', 'active', 'activo', 'activa', 'actief')) THEN guid(a.account_id) END) = 1 THEN min(CASE WHEN coalesce(TRY_CAST(a.state_code AS INTEGER) = 0, lower(a.state_name) IN ('active', 'aktiv', 'actif', 'active', 'activo', 'activa', 'actief')) THEN guid(a.account_id) END)
    WHEN NOT has_column(a.account_id) THEN min(trim(a.name))
  END AS account_id,
  min(CASE WHEN coalesce(TRY_CAST(a.state_code AS INTEGER) = 0, lower(a.state_name) IN ('active', 'aktiv', 'actif', 'active', 'activo', 'activa', 'actief')) THEN lower(a.website) END) AS website
FROM raw.account AS a
WHERE name_key(a.name) IS NOT NULL
  AND NOT yes(a.merged)
  AND NOT yes(a.is_deleted)
GROUP BY name_key(a.name)
UNION ALL BY NAME
SELECT
  name_key(m.company) AS name,
  min(m.company) AS account_id
FROM named_companies AS m
WHERE m.company IS NOT NULL
GROUP BY name_key(m.company);

-- Contacts, with the account that they belong to.
CREATE VIEW people AS
SELECT DISTINCT
  CASE
    WHEN NOT has_column(c.contact_id) THEN md5(concat_ws('|', c.full_name, c.company_name, c.created_on))
    ELSE guid(c.contact_id)
  END AS contact_id,
  coalesce(guid(c.account_id), CASE WHEN lower(text(c.company_type)) IN ('contact', '2') THEN NULL ELSE guid(c.company_id) END, n.account_id) AS account_id,
  name_key(coalesce(c.full_name, concat_ws(' ', c.first_name, c.last_name))) AS name,
  name_key(c.email) AS email,
  name_key(c.company_name) AS company,
  guid(c.lead_id) AS lead_id,
  name_key(c.lead_name) AS lead_name,
  yes(c.merged) OR yes(c.is_deleted) AS gone
FROM raw.contact AS c
LEFT JOIN account_names AS n ON n.name = name_key(c.company_name)
QUALIFY c.version_number IS NULL OR row_number() OVER (PARTITION BY guid(c.contact_id) ORDER BY TRY_CAST(c.version_number AS BIGINT) DESC) = 1;

-- Which contact a name means: within an account, and among all. A name of several is nobody's.
CREATE VIEW people_of_accounts AS
SELECT
  p.name,
  p.account_id,
  min(p.contact_id) AS contact_id
FROM people AS p
WHERE NOT p.gone
GROUP BY p.name, p.account_id
HAVING count(DISTINCT p.contact_id) = 1;

CREATE VIEW people_by_name AS
SELECT
  p.name,
  min(p.contact_id) AS contact_id,
  min(p.account_id) AS account_id
FROM people AS p
WHERE NOT p.gone
GROUP BY p.name
HAVING count(DISTINCT p.contact_id) = 1;

-- Leads.
CREATE VIEW prospects AS
SELECT
  CASE
    WHEN NOT has_column(l.lead_id) THEN md5(concat_ws('|', l.full_name, l.company_name, l.created_on))
    ELSE guid(l.lead_id)
  END AS lead_id,
  name_key(coalesce(l.full_name, concat_ws(' ', l.first_name, l.last_name))) AS name,
  name_key(l.email) AS email,
  name_key(l.company_name) AS company,
  guid(l.contact_id) AS contact_id,
  name_key(l.contact_name) AS contact_name,
  coalesce(guid(l.account_id), n.account_id) AS account_id,
  coalesce(TRY_CAST(l.state_code AS INTEGER) = 1, regexp_matches(lower(coalesce(l.state_name, l.reason_name)), '^(ge)?[ckq]u?w?alifi'), FALSE) AS qualified
FROM raw.lead AS l
LEFT JOIN account_names AS n ON n.name = name_key(l.account_name);

-- Leads and contacts that are one person: the lead names the contact, or the contact its lead; where an export has only
-- names, a qualified lead is the one contact with its address, or with its name and company.
CREATE VIEW links AS
SELECT
  l.lead_id,
  l.contact_id,
  1 AS step
FROM prospects AS l
WHERE l.contact_id IS NOT NULL
UNION ALL BY NAME
SELECT
  p.lead_id,
  p.contact_id,
  2 AS step
FROM people AS p
WHERE p.lead_id IS NOT NULL
UNION ALL BY NAME
SELECT
  min(l.lead_id) AS lead_id,
  p.contact_id,
  3 AS step
FROM people AS p
INNER JOIN prospects AS l ON l.name = p.lead_name
GROUP BY p.contact_id
HAVING count(DISTINCT l.lead_id) = 1
UNION ALL BY NAME
SELECT
  l.lead_id,
  p.contact_id,
  4 AS step
FROM prospects AS l
INNER JOIN people_by_name AS p ON p.name = l.contact_name
UNION ALL BY NAME
SELECT
  l.lead_id,
  min(p.contact_id) AS contact_id,
  5 AS step
FROM prospects AS l
INNER JOIN people AS p ON p.email = l.email
WHERE l.qualified
GROUP BY l.lead_id
HAVING count(DISTINCT p.contact_id) = 1
UNION ALL BY NAME
SELECT
  l.lead_id,
  min(p.contact_id) AS contact_id,
  6 AS step
FROM prospects AS l
INNER JOIN people AS p ON p.name = l.name AND p.company = l.company
WHERE l.qualified
GROUP BY l.lead_id
HAVING count(DISTINCT p.contact_id) = 1;

CREATE VIEW converted AS
SELECT
  k.lead_id,
  k.contact_id
FROM links AS k
WHERE k.contact_id IN (SELECT p.contact_id FROM people AS p)
QUALIFY row_number() OVER (PARTITION BY k.lead_id ORDER BY k.step, k.contact_id) = 1;

-- The first lead of each contact.
CREATE VIEW first_leads AS
SELECT
  k.contact_id,
  moment(l.created_on) AS created_at,
  coalesce(l.source_name, 'source ' || text(l.source_code)) AS source,
  l.campaign_name AS campaign,
  l.job_title AS title,
  l.*
FROM converted AS k
INNER JOIN raw.lead AS l ON CASE WHEN NOT has_column(l.lead_id) THEN md5(concat_ws('|', l.full_name, l.company_name, l.created_on)) ELSE guid(l.lead_id) END = k.lead_id
QUALIFY row_number() OVER (PARTITION BY k.contact_id ORDER BY moment(l.created_on), k.lead_id) = 1;

-- Deals with what they name: the account itself, else the customer, which is an account or a contact.
CREATE VIEW deal_accounts AS
SELECT DISTINCT
  CASE
    WHEN NOT has_column(o.opportunity_id) THEN md5(concat_ws('|', o.topic, o.account_name, o.customer_name, o.created_on))
    ELSE guid(o.opportunity_id)
  END AS opportunity_id,
  name_key(o.topic) AS topic,
  coalesce(guid(o.account_id), c.account_id, CASE WHEN lower(text(o.customer_type)) IN ('contact', '2') THEN NULL ELSE guid(o.customer_id) END, a.account_id, n.account_id, p.account_id) AS account_id,
  coalesce(guid(o.contact_id), c.contact_id) AS contact_id,
  coalesce(name_key(o.contact_name), CASE WHEN n.account_id IS NULL THEN name_key(o.customer_name) END) AS contact_name,
  coalesce(name_key(o.account_name), name_key(o.customer_name)) AS customer,
  guid(o.lead_id) AS lead_id,
  name_key(o.lead_name) AS lead_name
FROM raw.opportunity AS o
LEFT JOIN people AS c ON c.contact_id = guid(o.customer_id)
LEFT JOIN account_names AS a ON a.name = name_key(o.account_name)
LEFT JOIN account_names AS n ON n.name = name_key(o.customer_name)
LEFT JOIN people_by_name AS p ON p.name = name_key(o.customer_name)
QUALIFY o.version_number IS NULL OR row_number() OVER (PARTITION BY guid(o.opportunity_id) ORDER BY TRY_CAST(o.version_number AS BIGINT) DESC) = 1;

CREATE VIEW deals AS
SELECT
  d.opportunity_id,
  d.topic,
  d.account_id,
  d.customer,
  coalesce(d.contact_id, i.contact_id, p.contact_id, k.contact_id, d.lead_id) AS lead_id
FROM deal_accounts AS d
LEFT JOIN people_of_accounts AS i ON i.name = d.contact_name AND i.account_id = d.account_id
LEFT JOIN people_by_name AS p ON p.name = d.contact_name
LEFT JOIN converted AS k ON k.lead_id = d.lead_id;

-- What one unit of a currency is worth in the home currency: Dynamics says how many of it the home currency is worth.
CREATE VIEW currencies AS
SELECT
  y.iso_code AS currency,
  1 / TRY_CAST(y.exchange_rate AS DOUBLE) AS rate
FROM raw.transaction_currency AS y
WHERE y.iso_code IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY y.iso_code ORDER BY y.exchange_rate) = 1;

-- The labels of choices, in the one language that has most of them.
CREATE VIEW labels AS
SELECT
  lower(m.entity_name) AS entity,
  lower(m.option_set_name) AS choice,
  text(m.option) AS code,
  min(m.localized_label) AS label
FROM raw.option_label AS m
WHERE coalesce(text(m.localized_label_language_code) = (SELECT text(b.localized_label_language_code) FROM raw.option_label AS b GROUP BY text(b.localized_label_language_code) ORDER BY count(*) DESC, 1 LIMIT 1), TRUE)
GROUP BY lower(m.entity_name), lower(m.option_set_name), text(m.option)
UNION ALL BY NAME
SELECT
  lower(m.entity_name) AS entity,
  lower(m.choice_name) AS choice,
  text(m.code) AS code,
  min(m.label) AS label
FROM raw.string_map AS m
WHERE coalesce(text(m.language) = (SELECT text(b.language) FROM raw.string_map AS b GROUP BY text(b.language) ORDER BY count(*) DESC, 1 LIMIT 1), TRUE)
  AND NOT yes(m.is_deleted)
  AND NOT has_table('option_label')
GROUP BY lower(m.entity_name), lower(m.choice_name), text(m.code);

-- Companies. Deleted and merged rows stay in: closedwon leaves them out, with a count, and knows that they were there.
-- decided: {SELECT count(*) FROM raw.account AS a LEFT JOIN account_names AS n ON n.name = name_key(a.name) WHERE has_column(a.state_code, a.state_name) AND coalesce(TRY_CAST(a.state_code AS INTEGER) = 1, lower(a.state_name) IN ('inactive', 'inaktiv', 'inactif', 'inactive', 'inactivo', 'inactiva', 'inactief')) AND (has_column(a.master_id, a.merged) OR coalesce(n.account_id = guid(a.account_id), TRUE) OR NOT coalesce(lower(a.website) = n.website, TRUE))} deactivated accounts stay in:
-- without them the past would hold only what went well.
CREATE VIEW accounts AS
SELECT
  CASE
    WHEN NOT has_column(a.account_id) THEN trim(a.name)
    ELSE guid(a.account_id)
  END AS account_id,
  a.website AS domain,
  a.created_on AS created_at,
  a.is_deleted,
  -- The account into which this one was merged: closedwon moves its deals and activities there.
  -- decided: {SELECT count(*) FROM raw.account AS a JOIN account_names AS n ON n.name = name_key(a.name) WHERE has_column(a.state_code, a.state_name) AND coalesce(TRY_CAST(a.state_code AS INTEGER) = 1, lower(a.state_name) IN ('inactive', 'inaktiv', 'inactif', 'inactive', 'inactivo', 'inactiva', 'inactief')) AND n.account_id <> guid(a.account_id) AND coalesce(lower(a.website) = n.website, TRUE) AND NOT has_column(a.master_id, a.merged)} deactivated accounts have the name of the one active account of that name, and no other website. So Dynamics
  -- leaves those that were merged, and the export does not say which were: they count as merged into it.
  coalesce(guid(a.master_id), CASE WHEN coalesce(TRY_CAST(a.state_code AS INTEGER) = 1, lower(a.state_name) IN ('inactive', 'inaktiv', 'inactif', 'inactive', 'inactivo', 'inactiva', 'inactief')) AND coalesce(lower(a.website) = n.website, TRUE) AND NOT has_column(a.master_id, a.merged) THEN nullif(n.account_id, guid(a.account_id)) END) AS master_id,
  -- Whose account it is: kept, and never learned from.
  guid(a.owner_id) AS owner_id,
  coalesce(a.industry_name, w.label, 'industry ' || text(a.industry_code)) AS industry,
  a.country,
  a.employees,
  coalesce(text(a.revenue_base), text(a.revenue)) AS annual_revenue,
  -- Every other column that may be known before a deal is decided: a candidate for fit.
  a.*
FROM raw.account AS a
LEFT JOIN labels AS w ON w.entity = 'account' AND w.choice = 'industrycode' AND w.code = text(a.industry_code)
LEFT JOIN account_names AS n ON n.name = name_key(a.name) AND NOT has_column(a.master_id, a.merged)
QUALIFY a.version_number IS NULL OR row_number() OVER (PARTITION BY guid(a.account_id) ORDER BY TRY_CAST(a.version_number AS BIGINT) DESC) = 1
UNION ALL BY NAME
SELECT
  n.account_id,
  min(m.created_at) AS created_at
FROM named_companies AS m
INNER JOIN account_names AS n ON n.name = name_key(m.company)
GROUP BY n.account_id;

-- People: contacts, and the leads that are none yet.
-- decided: {SELECT count(*) FROM converted} leads are the contact that they became: one person, with the earlier date,
-- and the source and the campaign of the lead. What they did counts for the contact.
CREATE VIEW leads AS
SELECT
  CASE
    WHEN NOT has_column(c.contact_id) THEN md5(concat_ws('|', c.full_name, c.company_name, c.created_on))
    ELSE guid(c.contact_id)
  END AS lead_id,
  p.account_id,
  least(moment(c.created_on), coalesce(f.created_at, moment(c.created_on))) AS created_at,
  -- Read only to find the account by its domain; it goes to no table, file or model.
  c.email,
  coalesce(c.job_title, f.title) AS title,
  coalesce(f.source, c.source_name, 'source ' || text(c.source_code)) AS source,
  coalesce(f.campaign, c.campaign_name) AS campaign,
  c.is_deleted,
  guid(c.master_id) AS master_id,
  guid(c.owner_id) AS owner_id,
  c.*,
  -- What only the lead has, the contact gets from it: else its being empty would tell who was qualified.
  f.*
FROM raw.contact AS c
LEFT JOIN people AS p ON p.contact_id = CASE WHEN NOT has_column(c.contact_id) THEN md5(concat_ws('|', c.full_name, c.company_name, c.created_on)) ELSE guid(c.contact_id) END
LEFT JOIN first_leads AS f ON f.contact_id = p.contact_id
QUALIFY c.version_number IS NULL OR row_number() OVER (PARTITION BY guid(c.contact_id) ORDER BY TRY_CAST(c.version_number AS BIGINT) DESC) = 1
UNION ALL BY NAME
SELECT
  CASE
    WHEN NOT has_column(l.lead_id) THEN md5(concat_ws('|', l.full_name, l.company_name, l.created_on))
    ELSE guid(l.lead_id)
  END AS lead_id,
  coalesce(guid(l.account_id), n.account_id) AS account_id,
  moment(l.created_on) AS created_at,
  l.email,
  l.job_title AS title,
  coalesce(l.source_name, 'source ' || text(l.source_code)) AS source,
  l.campaign_name AS campaign,
  l.is_deleted,
  guid(l.master_id) AS master_id,
  guid(l.owner_id) AS owner_id,
  l.*
FROM raw.lead AS l
LEFT JOIN account_names AS n ON n.name = name_key(l.account_name)
-- A lead that was qualified, but whose contact is not in the export, stays a person of its own.
WHERE NOT coalesce(CASE WHEN NOT has_column(l.lead_id) THEN md5(concat_ws('|', l.full_name, l.company_name, l.created_on)) ELSE guid(l.lead_id) END IN (SELECT k.lead_id FROM converted AS k), FALSE)
QUALIFY l.version_number IS NULL OR row_number() OVER (PARTITION BY guid(l.lead_id) ORDER BY TRY_CAST(l.version_number AS BIGINT) DESC) = 1;

-- Deals.
-- decided: {SELECT count(*) FROM deals AS d WHERE d.account_id IS NULL AND d.customer IS NOT NULL} deals name a customer that is
-- no account of the export, or several: they have no account. Give those accounts different names, or export more of them.
-- decided: {SELECT count(*) FROM deals AS d WHERE d.account_id IS NULL AND d.lead_id IS NULL} deals have neither an account nor a contact, and are left out: they can count for nobody.
CREATE VIEW opportunities AS
SELECT
  d.opportunity_id,
  d.account_id,
  d.lead_id,
  -- When the deal began; a migrated one in the old CRM.
  CASE WHEN moment(o.overridden_created_on) < moment(o.created_on) THEN o.overridden_created_on ELSE o.created_on END AS created_at,
  -- choice: {SELECT count(*) FROM raw.opportunity AS o WHERE moment(o.overridden_created_on) <> moment(o.created_on)} deals were migrated: nothing of them was known here before that day.
  -- Take the column out if the old CRM's columns were known at the time.
  CASE WHEN moment(o.overridden_created_on) > moment(o.created_on) THEN o.overridden_created_on WHEN moment(o.overridden_created_on) < moment(o.created_on) THEN o.created_on END AS known_at,
  CASE
    -- The state decides, whatever the reasons are called.
    WHEN TRY_CAST(o.state_code AS INTEGER) = 0 THEN 'open'
    WHEN TRY_CAST(o.state_code AS INTEGER) = 1 THEN 'won'
    -- choice: lost deals by reason: {SELECT coalesce(o.reason_name, text(o.reason_code)), count(*) FROM raw.opportunity AS o WHERE TRY_CAST(o.state_code AS INTEGER) = 2 OR lower(o.state_name) IN ('lost', 'verloren', 'perdu', 'perdue', 'perdida') GROUP BY 1 ORDER BY 2 DESC, 1}.
    -- All of them count as lost. A reason of what was never a deal (a duplicate, a test) is left out with a condition:
    -- WHERE … below.
    WHEN TRY_CAST(o.state_code AS INTEGER) = 2 THEN 'lost'
    -- Labels, in the user's language; without a status its reason is read.
    ELSE coalesce(o.state_name, text(o.state_code), o.reason_name, CASE WHEN TRY_CAST(o.reason_code AS INTEGER) IN (1, 2) THEN 'open' WHEN TRY_CAST(o.reason_code AS INTEGER) = 3 THEN 'won' WHEN TRY_CAST(o.reason_code AS INTEGER) IN (4, 5) THEN 'lost' END)
  END AS status,
  -- decided: {SELECT count(*) FROM raw.opportunity AS o WHERE o.actual_close_date IS NULL AND o.estimated_close_date IS NOT NULL AND (TRY_CAST(o.state_code AS INTEGER) IN (1, 2) OR lower(coalesce(o.state_name, o.reason_name)) IN ('won', 'lost', 'canceled', 'out-sold', 'gewonnen', 'verloren', 'conclue', 'gagnée', 'perdue', 'ganada', 'lograda', 'perdida'))} closed deals have no close date: the planned day is taken.
  -- decided: {SELECT count(*) FROM raw.opportunity AS o WHERE o.actual_close_date IS NULL AND o.estimated_close_date IS NULL AND (TRY_CAST(o.state_code AS INTEGER) IN (1, 2) OR lower(coalesce(o.state_name, o.reason_name)) IN ('won', 'lost', 'canceled', 'out-sold', 'gewonnen', 'verloren', 'conclue', 'gagnée', 'perdue', 'ganada', 'lograda', 'perdida'))} closed deals have no planned day either: the day of their last change is taken, which may be
  -- much later. Export the column Actual Close Date.
  -- The close date is a day. Of an open deal closedwon does not use it.
  coalesce(text(o.actual_close_date), text(o.estimated_close_date), text(o.modified_on)) AS closed_at,
  -- In the home currency, where the export has that: the revenue itself, and where it is 0, as of lost deals, the estimate.
  coalesce(CASE WHEN regexp_matches(text(o.actual_value_base), '[1-9]') THEN text(o.actual_value_base) END, text(o.estimated_value_base), (TRY_CAST(coalesce(CASE WHEN regexp_matches(text(o.actual_value), '[1-9]') THEN text(o.actual_value) END, text(o.estimated_value)) AS DOUBLE) / TRY_CAST(o.exchange_rate AS DOUBLE))::VARCHAR, CASE WHEN regexp_matches(text(o.actual_value), '[1-9]') THEN text(o.actual_value) END, text(o.estimated_value)) AS amount,
  CASE
    WHEN coalesce(text(o.actual_value_base), text(o.estimated_value_base), text(o.exchange_rate)) IS NULL THEN coalesce(y.iso_code, o.currency_name)
  END AS currency,
  -- decided: deals by type: {SELECT coalesce(o.type_name, text(o.type_code), '(empty)'), count(*) FROM raw.opportunity AS o GROUP BY 1 ORDER BY 2 DESC, 1}.
  -- An empty type is new business; only an account's first won deal counts as a win.
  -- choice: these types say neither that a deal is new business nor that it is none, and are read as empty: {SELECT coalesce(o.type_name, text(o.type_code)), count(*) FROM raw.opportunity AS o WHERE coalesce(o.type_name, text(o.type_code)) IS NOT NULL AND coalesce(deal_type(o.type_name), text(deal_type(o.type_code))) IS NULL GROUP BY 1 ORDER BY 2 DESC, 1}.
  -- Name those that are renewals or sales to customers: CASE WHEN o.type_code = '…' THEN 'expansion' …
  coalesce(deal_type(o.type_name), text(deal_type(o.type_code))) AS opportunity_type,
  -- Where it stands today: what nights keep of it becomes its history. Nothing learns from this column itself.
  o.step_name AS stage,
  o.close_probability AS probability,
  guid(o.owner_id) AS owner_id,
  -- decided: {SELECT count(*) FROM raw.opportunity AS o WHERE yes(o.is_deleted)} deleted deals are left out, won or not.
  o.is_deleted
FROM raw.opportunity AS o
LEFT JOIN raw.transaction_currency AS y ON guid(y.currency_id) = guid(o.currency_id)
INNER JOIN deals AS d ON d.opportunity_id = CASE WHEN NOT has_column(o.opportunity_id) THEN md5(concat_ws('|', o.topic, o.account_name, o.customer_name, o.created_on)) ELSE guid(o.opportunity_id) END
WHERE coalesce(d.account_id, d.lead_id) IS NOT NULL
QUALIFY o.version_number IS NULL OR row_number() OVER (PARTITION BY guid(o.opportunity_id) ORDER BY TRY_CAST(o.version_number AS BIGINT) DESC) = 1;

-- Who took part in a deal: connections between a deal and a contact.
CREATE VIEW contact_roles AS
SELECT
  guid(x.record1_id) AS opportunity_id,
  guid(x.record2_id) AS lead_id,
  x.role_name AS role
FROM raw.connection AS x
WHERE guid(x.record1_id) IN (SELECT d.opportunity_id FROM deals AS d)
  AND guid(x.record2_id) IN (SELECT p.contact_id FROM people AS p)
  AND NOT yes(x.is_deleted)
UNION ALL BY NAME
SELECT
  d.opportunity_id,
  d.lead_id,
  'primary contact' AS role
FROM deals AS d
WHERE d.lead_id IS NOT NULL
  AND d.opportunity_id NOT IN (SELECT guid(x.record1_id) FROM raw.connection AS x WHERE guid(x.record1_id) IS NOT NULL);

-- The audit: one row a change of a column.
CREATE VIEW changes AS
SELECT
  guid(u.object_id) AS id,
  moment(u.created_on) AS changed_at,
  json_extract_string(c.change, '$.logicalName') AS field,
  json_extract_string(c.change, '$.oldValue') AS old_value,
  json_extract_string(c.change, '$.newValue') AS new_value
FROM raw.audit AS u
CROSS JOIN unnest(from_json(json_extract(CASE WHEN json_valid(u.change_data) THEN u.change_data END, '$.changedAttributes'), '["JSON"]')) AS c(change);

-- The steps of deals, from the audit: what each change made of a deal, and what it was before the first. Of deals that are
-- older than the audit earlier changes are not known, so they have no history at all.
CREATE VIEW opportunity_history AS
SELECT
  h.id AS opportunity_id,
  h.changed_at,
  CASE WHEN h.field = 'stepname' THEN h.new_value END AS stage,
  CASE WHEN h.field = 'estimatedvalue' THEN TRY_CAST(h.new_value AS DOUBLE) / coalesce(TRY_CAST(o.exchange_rate AS DOUBLE), 1) END AS amount,
  CASE WHEN h.field = 'estimatedclosedate' THEN h.new_value END AS close_date,
  CASE WHEN h.field = 'closeprobability' THEN h.new_value END AS probability
FROM changes AS h
INNER JOIN raw.opportunity AS o ON guid(o.opportunity_id) = h.id
WHERE h.field IN ('stepname', 'estimatedvalue', 'estimatedclosedate', 'closeprobability')
  AND moment(o.created_on) >= (SELECT min(b.changed_at) FROM changes AS b)
QUALIFY o.version_number IS NULL OR dense_rank() OVER (PARTITION BY h.id ORDER BY TRY_CAST(o.version_number AS BIGINT) DESC) = 1
UNION ALL BY NAME
SELECT
  h.id AS opportunity_id,
  moment(o.created_on) AS changed_at,
  CASE WHEN h.field = 'stepname' THEN h.old_value END AS stage,
  CASE WHEN h.field = 'estimatedvalue' THEN TRY_CAST(h.old_value AS DOUBLE) / coalesce(TRY_CAST(o.exchange_rate AS DOUBLE), 1) END AS amount,
  CASE WHEN h.field = 'estimatedclosedate' THEN h.old_value END AS close_date,
  CASE WHEN h.field = 'closeprobability' THEN h.old_value END AS probability
FROM changes AS h
INNER JOIN raw.opportunity AS o ON guid(o.opportunity_id) = h.id
WHERE h.field IN ('stepname', 'estimatedvalue', 'estimatedclosedate', 'closeprobability')
  AND h.old_value IS NOT NULL
  AND moment(o.created_on) >= (SELECT min(b.changed_at) FROM changes AS b)
QUALIFY row_number() OVER (PARTITION BY h.id, h.field ORDER BY h.changed_at, h.old_value) = 1;

-- Earlier values of attributes, from the audit; before the first change it is the old value.
CREATE VIEW account_history AS
SELECT
  h.id AS account_id,
  h.changed_at AS known_at,
  CASE WHEN h.field = 'numberofemployees' THEN h.new_value END AS employees,
  CASE WHEN h.field = 'address1_country' THEN h.new_value END AS country,
  CASE WHEN h.field = 'industrycode' THEN coalesce(w.label, 'industry ' || h.new_value) END AS industry
FROM changes AS h
LEFT JOIN labels AS w ON w.entity = 'account' AND w.choice = h.field AND w.code = h.new_value
WHERE h.field IN ('numberofemployees', 'address1_country', 'industrycode')
  AND h.id IN (SELECT guid(a.account_id) FROM raw.account AS a)
UNION ALL BY NAME
SELECT
  h.id AS account_id,
  moment(a.created_on) AS known_at,
  CASE WHEN h.field = 'numberofemployees' THEN h.old_value END AS employees,
  CASE WHEN h.field = 'address1_country' THEN h.old_value END AS country,
  CASE WHEN h.field = 'industrycode' THEN coalesce(w.label, 'industry ' || h.old_value) END AS industry
FROM changes AS h
INNER JOIN raw.account AS a ON guid(a.account_id) = h.id
LEFT JOIN labels AS w ON w.entity = 'account' AND w.choice = h.field AND w.code = h.old_value
WHERE h.field IN ('numberofemployees', 'address1_country', 'industrycode')
  AND h.old_value IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY h.id, h.field ORDER BY h.changed_at, h.old_value) = 1;

-- What was done, whatever table it is in.
CREATE VIEW touches AS
SELECT
  guid(e.activity_id) AS activity_id,
  'email' AS kind,
  CASE WHEN lower(coalesce(text(e.direction_code), e.direction_name)) IN ('0', 'false', 'incoming', 'eingehend', 'entrant', 'entrante', 'inkomend', 'binnenkomend') THEN 'inbound' WHEN lower(coalesce(text(e.direction_code), e.direction_name)) IN ('1', 'true', 'outgoing', 'ausgehend', 'sortant', 'saliente', 'uitgaand') THEN 'outbound' ELSE e.direction_name END AS direction,
  lower(coalesce(TRY_CAST(e.state_code AS INTEGER)::VARCHAR, e.state_name, text(e.state_code))) AS state,
  lower(coalesce(e.reason_name, TRY_CAST(e.reason_code AS INTEGER)::VARCHAR, text(e.reason_code))) AS reason,
  guid(e.regarding_id) AS regarding_id,
  name_key(e.regarding_name) AS regarding,
  name_key(split_part(e.from_names, ';', 1)) AS "from",
  name_key(split_part(e.to_names, ';', 1)) AS "to",
  coalesce(text(e.sent_on), text(e.actual_end), text(e.created_on)) AS occurred_at,
  coalesce(text(e.overridden_created_on), text(e.created_on)) AS known_at,
  e.version_number AS version,
  e.is_deleted
FROM raw.email AS e
UNION ALL BY NAME
SELECT
  guid(e.activity_id) AS activity_id,
  'phone call' AS kind,
  CASE WHEN lower(coalesce(text(e.direction_code), e.direction_name)) IN ('0', 'false', 'incoming', 'eingehend', 'entrant', 'entrante', 'inkomend', 'binnenkomend') THEN 'inbound' WHEN lower(coalesce(text(e.direction_code), e.direction_name)) IN ('1', 'true', 'outgoing', 'ausgehend', 'sortant', 'saliente', 'uitgaand') THEN 'outbound' ELSE e.direction_name END AS direction,
  lower(coalesce(TRY_CAST(e.state_code AS INTEGER)::VARCHAR, e.state_name, text(e.state_code))) AS state,
  lower(coalesce(e.reason_name, TRY_CAST(e.reason_code AS INTEGER)::VARCHAR, text(e.reason_code))) AS reason,
  guid(e.regarding_id) AS regarding_id,
  name_key(e.regarding_name) AS regarding,
  name_key(split_part(e.from_names, ';', 1)) AS "from",
  name_key(split_part(e.to_names, ';', 1)) AS "to",
  coalesce(text(e.actual_end), text(e.actual_start), text(e.scheduled_start), text(e.created_on)) AS occurred_at,
  coalesce(text(e.overridden_created_on), text(e.created_on)) AS known_at,
  e.version_number AS version,
  e.is_deleted
FROM raw.phone_call AS e
UNION ALL BY NAME
SELECT
  guid(e.activity_id) AS activity_id,
  'meeting' AS kind,
  lower(coalesce(TRY_CAST(e.state_code AS INTEGER)::VARCHAR, e.state_name, text(e.state_code))) AS state,
  lower(coalesce(e.reason_name, TRY_CAST(e.reason_code AS INTEGER)::VARCHAR, text(e.reason_code))) AS reason,
  guid(e.regarding_id) AS regarding_id,
  name_key(e.regarding_name) AS regarding,
  name_key(split_part(e.to_names, ';', 1)) AS "to",
  -- Whether it was held is not known. A meeting that is still to come waits until then.
  coalesce(text(e.scheduled_start), text(e.actual_start), text(e.actual_end), text(e.created_on)) AS occurred_at,
  coalesce(text(e.overridden_created_on), text(e.created_on)) AS known_at,
  e.version_number AS version,
  e.is_deleted
FROM raw.appointment AS e
UNION ALL BY NAME
SELECT
  guid(e.activity_id) AS activity_id,
  'task' AS kind,
  lower(coalesce(TRY_CAST(e.state_code AS INTEGER)::VARCHAR, e.state_name, text(e.state_code))) AS state,
  lower(coalesce(e.reason_name, TRY_CAST(e.reason_code AS INTEGER)::VARCHAR, text(e.reason_code))) AS reason,
  guid(e.regarding_id) AS regarding_id,
  name_key(e.regarding_name) AS regarding,
  coalesce(text(e.actual_end), text(e.actual_start), text(e.scheduled_start), text(e.created_on)) AS occurred_at,
  coalesce(text(e.overridden_created_on), text(e.created_on)) AS known_at,
  e.version_number AS version,
  e.is_deleted
FROM raw.task AS e
UNION ALL BY NAME
SELECT
  guid(e.activity_id) AS activity_id,
  'campaign response' AS kind,
  'inbound' AS direction,
  lower(coalesce(TRY_CAST(e.state_code AS INTEGER)::VARCHAR, e.state_name, text(e.state_code))) AS state,
  guid(e.regarding_id) AS regarding_id,
  name_key(split_part(e.to_names, ';', 1)) AS "from",
  coalesce(text(e.received_on), text(e.actual_end), text(e.created_on)) AS occurred_at,
  coalesce(text(e.overridden_created_on), text(e.created_on)) AS known_at,
  e.version_number AS version,
  e.is_deleted
FROM raw.campaign_response AS e
UNION ALL BY NAME
-- All activities; those that a table of their kind has are there already.
SELECT
  guid(e.activity_id) AS activity_id,
  CASE
    WHEN lower(coalesce(text(e.type_code), e.type_name)) IN ('email', 'e-mail', 'email message', 'courrier électronique', 'correo electrónico', 'e-mailbericht', '4202') THEN 'email'
    WHEN lower(coalesce(text(e.type_code), e.type_name)) IN ('phonecall', 'phone call', 'telefonanruf', 'telefonat', 'appel téléphonique', 'llamada de teléfono', 'llamada telefónica', 'telefoongesprek', 'telefoonoproep', '4210') THEN 'phone call'
    WHEN lower(coalesce(text(e.type_code), e.type_name)) IN ('appointment', 'termin', 'rendez-vous', 'cita', 'afspraak', 'serviceappointment', 'service activity', '4201', '4214') THEN 'meeting'
    WHEN lower(coalesce(text(e.type_code), e.type_name)) IN ('task', 'aufgabe', 'tâche', 'tarea', 'taak', '4212') THEN 'task'
    WHEN lower(coalesce(text(e.type_code), e.type_name)) IN ('campaignresponse', 'campaign response', 'kampagnenreaktion', 'réponse de campagne', 'respuesta de campaña', 'reactie op campagne', '4401') THEN 'campaign response'
    ELSE coalesce(lower(coalesce(text(e.type_code), e.type_name)), 'other')
  END AS kind,
  CASE WHEN lower(coalesce(text(e.direction_code), e.direction_name)) IN ('0', 'false', 'incoming', 'eingehend', 'entrant', 'entrante', 'inkomend', 'binnenkomend') THEN 'inbound' WHEN lower(coalesce(text(e.direction_code), e.direction_name)) IN ('1', 'true', 'outgoing', 'ausgehend', 'sortant', 'saliente', 'uitgaand') THEN 'outbound' ELSE e.direction_name END AS direction,
  lower(coalesce(TRY_CAST(e.state_code AS INTEGER)::VARCHAR, e.state_name, text(e.state_code))) AS state,
  lower(coalesce(e.reason_name, TRY_CAST(e.reason_code AS INTEGER)::VARCHAR, text(e.reason_code))) AS reason,
  guid(e.regarding_id) AS regarding_id,
  name_key(e.regarding_name) AS regarding,
  name_key(split_part(e.from_names, ';', 1)) AS "from",
  name_key(split_part(e.to_names, ';', 1)) AS "to",
  CASE
    WHEN lower(coalesce(text(e.type_code), e.type_name)) IN ('appointment', 'termin', 'rendez-vous', 'cita', 'afspraak', '4201') THEN coalesce(text(e.scheduled_start), text(e.actual_start), text(e.actual_end), text(e.created_on))
    ELSE coalesce(text(e.sent_on), text(e.actual_end), text(e.actual_start), text(e.scheduled_start), text(e.created_on))
  END AS occurred_at,
  coalesce(text(e.overridden_created_on), text(e.created_on)) AS known_at,
  e.version_number AS version,
  e.is_deleted
FROM raw.activity AS e
WHERE NOT coalesce(guid(e.activity_id) IN (SELECT guid(m.activity_id) FROM raw.email AS m), FALSE)
  AND NOT coalesce(guid(e.activity_id) IN (SELECT guid(m.activity_id) FROM raw.phone_call AS m), FALSE)
  AND NOT coalesce(guid(e.activity_id) IN (SELECT guid(m.activity_id) FROM raw.appointment AS m), FALSE)
  AND NOT coalesce(guid(e.activity_id) IN (SELECT guid(m.activity_id) FROM raw.task AS m), FALSE)
  AND NOT coalesce(guid(e.activity_id) IN (SELECT guid(m.activity_id) FROM raw.campaign_response AS m), FALSE);

-- Whom an activity is about, by the id or the name that it has: an account, a person, or a deal of theirs.
CREATE VIEW subjects AS
SELECT
  guid(a.account_id) AS id,
  guid(a.account_id) AS account_id
FROM raw.account AS a
UNION ALL BY NAME
SELECT
  n.name,
  n.account_id
FROM account_names AS n
UNION ALL BY NAME
SELECT
  p.contact_id AS id,
  p.name,
  p.account_id,
  p.contact_id AS lead_id
FROM people AS p
UNION ALL BY NAME
SELECT
  l.lead_id AS id,
  l.name,
  coalesce(p.account_id, l.account_id) AS account_id,
  coalesce(k.contact_id, l.lead_id) AS lead_id
FROM prospects AS l
LEFT JOIN converted AS k ON k.lead_id = l.lead_id
LEFT JOIN people AS p ON p.contact_id = k.contact_id
UNION ALL BY NAME
SELECT
  d.opportunity_id AS id,
  d.topic AS name,
  d.account_id
FROM deals AS d;

CREATE VIEW subjects_by_id AS
SELECT
  s.id,
  min(s.account_id) AS account_id,
  min(s.lead_id) AS lead_id
FROM subjects AS s
WHERE s.id IS NOT NULL
GROUP BY s.id;

-- A name that is of several is of nobody.
CREATE VIEW subjects_by_name AS
SELECT
  s.name,
  CASE WHEN count(DISTINCT s.account_id) = 1 AND count(s.account_id) = count(*) THEN min(s.account_id) END AS account_id,
  CASE WHEN count(DISTINCT s.lead_id) = 1 AND count(s.lead_id) = count(*) THEN min(s.lead_id) END AS lead_id
FROM subjects AS s
WHERE s.name IS NOT NULL
GROUP BY s.name;

-- The buyers who took part: from whom, to whom, invited, or who responded.
CREATE VIEW parties AS
SELECT
  guid(x.activity_id) AS activity_id,
  CASE TRY_CAST(x.mask AS INTEGER)
    WHEN 1 THEN 'from'
    WHEN 11 THEN 'from'
    ELSE 'to'
  END AS side,
  s.lead_id,
  s.account_id
FROM raw.activity_party AS x
INNER JOIN subjects_by_id AS s ON s.id = guid(x.party_id)
WHERE TRY_CAST(x.mask AS INTEGER) IN (1, 2, 5, 6, 11)
  AND s.lead_id IS NOT NULL;

-- What is no touch: what Dynamics writes itself when a deal is closed, and what was never done.
CREATE VIEW judged AS
SELECT
  CASE
    WHEN t.kind IN ('opportunityclose', 'opportunity close', 'quoteclose', 'quote close', 'orderclose', 'order close', 'incidentresolution', 'case resolution', 'bulkoperation', 'quick campaign', 'campaignactivity', 'campaign activity', '4206', '4208', '4209', '4211', '4402', '4406') THEN 'of the CRM'
    WHEN regexp_matches(t.kind, '^(verkaufschance.*abschl|angebots?abschl|auftragsabschl|anfragel(ö|oe)sung|clôture|fermeture|cierre|sluiting|afsluiting)') THEN 'of the CRM'
    WHEN t.state IN ('2', 'canceled', 'cancelled', 'abgebrochen', 'storniert', 'annulé', 'annulée', 'cancelado', 'cancelada', 'geannuleerd') THEN 'not done'
    WHEN t.kind NOT IN ('meeting', 'campaign response') AND t.state IN ('0', '3', 'open', 'scheduled', 'offen', 'geplant', 'ouvert', 'ouverte', 'planifié', 'planifiée', 'abierto', 'abierta', 'programado', 'programada', 'gepland') THEN 'not done'
    WHEN t.kind NOT IN ('campaign response') AND t.reason IN ('draft', 'failed', 'pending send', 'sending', 'not started', 'in progress', 'canceled', 'cancelled', 'no show', 'entwurf', 'fehlgeschlagen', 'versand ausstehend', 'nicht gestartet', 'abgebrochen', 'storniert', 'brouillon', 'échec', 'non commencé', 'annulé', 'annulée', 'borrador', 'error', 'no iniciado', 'cancelado', 'cancelada', 'concept', 'mislukt', 'niet gestart', 'geannuleerd') THEN 'not done'
    -- E-mails have codes of their own: draft, canceled, on their way, failed.
    WHEN t.kind = 'email' AND t.reason IN ('1', '5', '6', '7', '8') THEN 'not done'
  END AS left_out,
  t.activity_id,
  t.kind,
  t.direction,
  t.reason,
  t.regarding_id,
  t.regarding,
  t."from",
  t."to",
  t.occurred_at,
  t.known_at,
  t.version,
  t.is_deleted
FROM touches AS t;

-- decided: {SELECT count(*) FROM judged AS t WHERE t.left_out = 'not done'} activities are planned, drafts, failed or canceled, and count for nothing.
-- decided: {SELECT count(*) FROM judged AS t WHERE t.left_out = 'of the CRM'} activities are the CRM's own, such as the closing of a deal, and count for nothing.
-- decided: {SELECT count(*) FROM judged AS t LEFT JOIN subjects_by_name AS n ON n.name = t.regarding WHERE t.regarding IS NOT NULL AND n.account_id IS NULL AND n.lead_id IS NULL AND t.left_out IS NULL} activities are about a name
-- that nothing in the export has, or several records do: nobody knows whose they are.
-- decided: {SELECT (SELECT count(DISTINCT t.activity_id) FROM judged AS t WHERE t.left_out IS NULL) - (SELECT count(DISTINCT y.activity_id) FROM activities AS y)} activities belong to no person and no account of the export, and are left out.
CREATE VIEW activities AS
SELECT
  t.activity_id,
  coalesce(p.lead_id, CASE WHEN t.direction = 'inbound' OR t.reason IN ('received', 'empfangen', 'reçu', 'recibido', 'ontvangen', '4') THEN f.lead_id END, o.lead_id, r.lead_id, n.lead_id) AS lead_id,
  coalesce(p.account_id, r.account_id, n.account_id, f.account_id, o.account_id) AS account_id,
  t.kind AS activity_type,
  t.occurred_at,
  t.known_at,
  CASE
    -- Dynamics says who wrote or called; else whether it was sent or received, and who the sender is.
    WHEN t.direction IS NOT NULL THEN t.direction
    WHEN t.kind = 'email' AND t.reason IN ('received', 'empfangen', 'reçu', 'recibido', 'ontvangen', '4') THEN 'inbound'
    WHEN t.kind IN ('email', 'phone call') AND f.lead_id IS NOT NULL AND o.lead_id IS NULL THEN 'inbound'
    WHEN t.kind = 'meeting' THEN NULL
    WHEN t.kind = 'campaign response' THEN 'inbound'
    -- Calls and e-mails without a direction, tasks and letters are ours.
    WHEN t.kind IN ('email', 'phone call', 'task', 'letter', 'fax', 'brief') THEN 'outbound'
    -- choice: activities of other kinds: {SELECT t.kind, count(*) FROM judged AS t WHERE t.left_out IS NULL AND t.kind NOT IN ('email', 'phone call', 'meeting', 'task', 'campaign response', 'letter', 'fax', 'brief') GROUP BY 1 ORDER BY 2 DESC, 1}.
    -- Whose they are follows from their names; one that says nothing counts as the buyer's. Name those that are ours, or
    -- of a machine, here.
    WHEN regexp_matches(t.kind, 'failure|error|integration|fehler|sync') THEN 'outbound'
  END AS direction,
  t.is_deleted
FROM judged AS t
LEFT JOIN subjects_by_id AS r ON r.id = t.regarding_id
LEFT JOIN subjects_by_name AS n ON n.name = t.regarding
LEFT JOIN subjects_by_name AS f ON f.name = t."from"
LEFT JOIN subjects_by_name AS o ON o.name = t."to"
LEFT JOIN parties AS p ON p.activity_id = t.activity_id AND p.side = CASE WHEN t.direction = 'inbound' OR t.kind = 'campaign response' THEN 'from' ELSE 'to' END
WHERE t.left_out IS NULL
  -- What belongs to no person and no account counts for nobody.
  AND coalesce(p.lead_id, p.account_id, r.account_id, r.lead_id, n.account_id, n.lead_id, f.account_id, o.account_id, o.lead_id, CASE WHEN t.direction = 'inbound' OR t.reason IN ('received', 'empfangen', 'reçu', 'recibido', 'ontvangen', '4') THEN f.lead_id END) IS NOT NULL
QUALIFY t.version IS NULL OR dense_rank() OVER (PARTITION BY t.activity_id ORDER BY TRY_CAST(t.version AS BIGINT) DESC) = 1;

-- What campaigns cost, in the month in which they began.
CREATE VIEW spend AS
SELECT
  m.name AS campaign,
  coalesce(text(m.actual_start), text(m.proposed_start)) AS month,
  coalesce(text(m.total_cost_base), text(m.total_cost)) AS cost
FROM raw.campaign AS m
WHERE coalesce(text(m.actual_start), text(m.proposed_start)) IS NOT NULL
  AND coalesce(text(m.total_cost_base), text(m.total_cost)) IS NOT NULL
  AND NOT yes(m.is_deleted);
