-- Companies whose name only one has: where records name their company instead of giving its id.
CREATE VIEW company_names AS
SELECT
  name_key(c.name) AS name,
  min(record(c.hs_object_id)) AS company_id
FROM raw.company AS c
WHERE name_key(c.name) IS NOT NULL
  AND NOT yes(c.is_deleted)
GROUP BY name_key(c.name)
HAVING count(*) = 1;

-- The stages of all pipelines: what they are called, and which of them are won and lost.
CREATE VIEW nested_stages AS
SELECT
  unnest(json_extract(CAST(p.stages AS JSON), '$[*]')) AS stage
FROM raw.deal_pipeline AS p
WHERE has_column(p.stages)
  AND NOT has_table('deal_pipeline_stage');

CREATE VIEW stages AS
SELECT
  CAST(s.stage_id AS TEXT) AS stage_id,
  s.label,
  CAST(s.closed_won AS TEXT) AS closed_won,
  CAST(s.is_closed AS TEXT) AS is_closed,
  TRY_CAST(s.probability AS DOUBLE) AS probability
FROM raw.deal_pipeline_stage AS s
UNION ALL BY NAME
SELECT
  coalesce(json_extract_string(n.stage, '$.id'), json_extract_string(n.stage, '$.stageId')) AS stage_id,
  json_extract_string(n.stage, '$.label') AS label,
  coalesce(json_extract_string(n.stage, '$.closedWon'), json_extract_string(n.stage, '$.metadata.closedWon')) AS closed_won,
  json_extract_string(n.stage, '$.metadata.isClosed') AS is_closed,
  TRY_CAST(json_extract_string(n.stage, '$.metadata.probability') AS DOUBLE) AS probability
FROM nested_stages AS n
QUALIFY row_number() OVER (PARTITION BY json_extract_string(n.stage, '$.id') ORDER BY json_extract_string(n.stage, '$.label')) = 1;

-- The companies of a deal. HubSpot's association 5 is that with the primary company.
CREATE VIEW deal_companies AS
SELECT
  record(k.deal_id) AS deal_id,
  record(k.company_id) AS company_id,
  CAST(k.type_id AS TEXT) = '5' AS is_primary
FROM raw.deal_company AS k
WHERE NOT yes(k._fivetran_deleted)
UNION ALL BY NAME
SELECT
  record(d.hs_object_id) AS deal_id,
  record(b.id) AS company_id
FROM raw.deal_company_below AS b
JOIN raw.deal AS d ON d._dlt_id = b._dlt_parent_id
UNION ALL BY NAME
SELECT
  unnest(string_split_regex(regexp_replace(record(c.deal_ids), '[^0-9A-Za-z;,_-]', '', 'g'), '[;,]')) AS deal_id,
  record(c.hs_object_id) AS company_id
FROM raw.company AS c
WHERE has_column(c.deal_ids)
  AND NOT has_table('deal_company');

-- decided: {SELECT count(*) FROM (SELECT k.deal_id FROM deal_companies AS k GROUP BY k.deal_id HAVING count(DISTINCT k.company_id) > 1 AND NOT coalesce(bool_or(k.is_primary), FALSE)) AS x} deals have several companies and no primary one: they count for the one with the first id.
CREATE VIEW deal_account AS
SELECT
  k.deal_id,
  k.company_id
FROM deal_companies AS k
QUALIFY row_number() OVER (PARTITION BY k.deal_id ORDER BY coalesce(k.is_primary, FALSE) DESC, k.company_id) = 1;

-- The primary company of a contact: association 1.
CREATE VIEW contact_account AS
SELECT
  record(k.contact_id) AS contact_id,
  record(k.company_id) AS company_id
FROM raw.contact_company AS k
WHERE NOT yes(k._fivetran_deleted)
QUALIFY row_number() OVER (PARTITION BY k.contact_id ORDER BY coalesce(CAST(k.type_id AS TEXT) = '1', FALSE) DESC, k.company_id) = 1;

-- Contacts by their address, and by their name where only one has it. Addresses go to no table, file or model.
CREATE VIEW contact_names AS
SELECT
  name_key(record(c.email)) AS name,
  min(record(c.hs_object_id)) AS contact_id
FROM raw.contact AS c
WHERE name_key(record(c.email)) IS NOT NULL
  AND NOT yes(c.is_deleted)
GROUP BY name_key(record(c.email))
UNION ALL BY NAME
SELECT
  name_key(concat_ws(' ', record(c.firstname), record(c.lastname))) AS name,
  min(record(c.hs_object_id)) AS contact_id
FROM raw.contact AS c
WHERE name_key(concat_ws(' ', record(c.firstname), record(c.lastname))) IS NOT NULL
  AND NOT yes(c.is_deleted)
GROUP BY name_key(concat_ws(' ', record(c.firstname), record(c.lastname)))
HAVING count(*) = 1;

-- The contacts of a deal, from associations or from the lists that stand in a cell.
CREATE VIEW listed_contacts AS
SELECT
  record(d.hs_object_id) AS deal_id,
  unnest(string_split_regex(record(d.contact_names), '\s*;\s*')) AS name
FROM raw.deal AS d
WHERE has_column(d.contact_names)
  AND NOT has_column(d.contact_ids)
  AND NOT has_table('deal_contact');

CREATE VIEW deal_contacts AS
SELECT
  record(k.deal_id) AS deal_id,
  record(k.contact_id) AS contact_id
FROM raw.deal_contact AS k
WHERE NOT yes(k._fivetran_deleted)
UNION BY NAME
SELECT
  record(d.hs_object_id) AS deal_id,
  record(b.id) AS contact_id
FROM raw.deal_contact_below AS b
JOIN raw.deal AS d ON d._dlt_id = b._dlt_parent_id
UNION BY NAME
SELECT
  record(d.hs_object_id) AS deal_id,
  unnest(string_split_regex(regexp_replace(record(d.contact_ids), '[^0-9A-Za-z;,_-]', '', 'g'), '[;,]')) AS contact_id
FROM raw.deal AS d
WHERE has_column(d.contact_ids)
  AND NOT has_table('deal_contact')
UNION BY NAME
SELECT
  unnest(string_split_regex(regexp_replace(record(c.deal_ids), '[^0-9A-Za-z;,_-]', '', 'g'), '[;,]')) AS deal_id,
  record(c.hs_object_id) AS contact_id
FROM raw.contact AS c
WHERE has_column(c.deal_ids)
  AND NOT has_table('deal_contact')
UNION BY NAME
SELECT
  l.deal_id,
  n.contact_id
FROM listed_contacts AS l
JOIN contact_names AS n ON n.name = coalesce(nullif(lower(regexp_extract(l.name, '([^()\s]+@[^()\s]+)', 1)), ''), name_key(l.name));

-- The contacts of each deal: how many, and the first.
CREATE VIEW deal_person AS
SELECT
  k.deal_id,
  count(DISTINCT k.contact_id) AS contacts,
  min(k.contact_id) AS contact_id
FROM deal_contacts AS k
WHERE k.contact_id <> ''
GROUP BY k.deal_id;

-- The contacts and deals that were merged into each that is left: what they did counts there.
CREATE VIEW merged_contacts AS
SELECT
  record(m.canonical_vid) AS contact_id,
  string_agg(record(m.vid_to_merge), ';') AS merged
FROM raw.contact_merge_audit AS m
GROUP BY record(m.canonical_vid);

CREATE VIEW merged_deals AS
SELECT
  record(m.deal_id) AS deal_id,
  string_agg(record(m.merged_deal_id), ';') AS merged
FROM raw.merged_deal AS m
GROUP BY record(m.deal_id);

-- Companies that contacts and deals name, where the companies themselves are not in the export.
CREATE VIEW named_companies AS
SELECT
  split_part(coalesce(record(c.primary_company_id), nullif(regexp_extract(record(c.company_ids), '[0-9A-Za-z_-]+'), ''), k.company_id), ';', 1) AS account_id,
  moment(c.createdate) AS created_at
FROM raw.contact AS c
LEFT JOIN contact_account AS k ON k.contact_id = record(c.hs_object_id)
WHERE NOT has_table('company')
  AND has_column(c.primary_company_id, c.company_ids, k.company_id)
UNION ALL BY NAME
SELECT
  split_part(coalesce(record(d.primary_company_id), nullif(regexp_extract(record(d.company_ids), '[0-9A-Za-z_-]+'), ''), k.company_id), ';', 1) AS account_id,
  moment(d.createdate) AS created_at
FROM raw.deal AS d
LEFT JOIN deal_account AS k ON k.deal_id = record(d.hs_object_id)
WHERE NOT has_table('company')
  AND has_column(d.primary_company_id, d.company_ids, k.company_id)
UNION ALL BY NAME
SELECT
  trim(split_part(coalesce(record(c.primary_company_name), record(c.company_names), record(c.company)), ';', 1)) AS account_id,
  moment(c.createdate) AS created_at
FROM raw.contact AS c
WHERE NOT has_table('company')
  AND NOT has_column(c.primary_company_id, c.company_ids)
  AND has_column(c.primary_company_name, c.company_names, c.company)
UNION ALL BY NAME
SELECT
  trim(split_part(coalesce(record(d.primary_company_name), record(d.company_names)), ';', 1)) AS account_id,
  moment(d.createdate) AS created_at
FROM raw.deal AS d
WHERE NOT has_table('company')
  AND NOT has_column(d.primary_company_id, d.company_ids)
  AND has_column(d.primary_company_name, d.company_names);

-- Companies. Deleted and merged rows stay in: closedwon leaves them out, with a count, and knows that they were there.
CREATE VIEW accounts AS
SELECT
  c.hs_object_id AS account_id,
  coalesce(record(c.domain), c.website) AS domain,
  c.createdate AS created_at,
  c.is_deleted,
  -- The records that were merged into this one: closedwon moves their deals and activities here.
  c.hs_merged_object_ids,
  -- Whose company it is: kept, and never learned from.
  record(c.hubspot_owner_id) AS owner_id,
  -- Every other column that may be known before a deal is decided: a candidate for fit.
  c.*
FROM raw.company AS c
UNION ALL BY NAME
-- decided: the companies are not in the export. Those that contacts and deals name, {SELECT count(DISTINCT n.account_id) FROM named_companies AS n}, stand in for them, with nothing
-- known of them but the day on which the first record that names one was created. Export the companies too.
SELECT
  n.account_id,
  min(n.created_at) AS created_at
FROM named_companies AS n
WHERE n.account_id <> ''
GROUP BY n.account_id;

-- People.
CREATE VIEW leads AS
SELECT
  c.hs_object_id AS lead_id,
  coalesce(record(c.primary_company_id), nullif(regexp_extract(record(c.company_ids), '[0-9A-Za-z_-]+'), ''), k.company_id, n.company_id, CASE WHEN NOT has_table('company') AND NOT has_column(c.primary_company_id, c.company_ids) THEN trim(split_part(coalesce(record(c.primary_company_name), record(c.company_names), record(c.company)), ';', 1)) END) AS account_id,
  c.createdate AS created_at,
  -- Read only to find the account by its domain; it goes to no table, file or model.
  c.email,
  c.jobtitle AS title,
  -- Where a contact first came from; HubSpot does not change it later, but for a merge.
  c.hs_analytics_source AS source,
  coalesce(record(c.utm_campaign), record(c.hs_analytics_source_data_1), c.first_conversion_event_name) AS campaign,
  c.is_deleted,
  nullif(concat_ws(';', record(c.hs_merged_object_ids), m.merged), '') AS hs_merged_object_ids,
  record(c.hubspot_owner_id) AS owner_id,
  -- The lifecycle stage, the lead status and what grows with a deal are never learned from.
  c.*
FROM raw.contact AS c
LEFT JOIN contact_account AS k ON k.contact_id = record(c.hs_object_id)
LEFT JOIN merged_contacts AS m ON m.contact_id = record(c.hs_object_id)
-- decided: contacts name their company and do not give its id. {SELECT count(*) FROM raw.contact AS c WHERE name_key(split_part(coalesce(record(c.primary_company_name), record(c.company_names), record(c.company)), ';', 1)) NOT IN (SELECT n.name FROM company_names AS n)} name one that no company has, or several: these find
-- theirs by the domain of their address, or none. Export `Associated Company IDs` too.
LEFT JOIN company_names AS n ON n.name = name_key(split_part(coalesce(record(c.primary_company_name), record(c.company_names), record(c.company)), ';', 1)) AND NOT has_column(c.primary_company_id, c.company_ids, k.company_id);

-- The company of a deal: the one it is associated with, the first of a list.
CREATE VIEW deal_links AS
SELECT
  record(d.hs_object_id) AS deal_id,
  coalesce(record(d.primary_company_id), nullif(regexp_extract(record(d.company_ids), '[0-9A-Za-z_-]+'), ''), k.company_id, n.company_id, CASE WHEN NOT has_table('company') AND NOT has_column(d.primary_company_id, d.company_ids) THEN trim(split_part(coalesce(record(d.primary_company_name), record(d.company_names)), ';', 1)) END) AS account_id
FROM raw.deal AS d
LEFT JOIN deal_account AS k ON k.deal_id = record(d.hs_object_id)
-- decided: deals name their company and do not give its id. {SELECT count(*) FROM raw.deal AS d WHERE name_key(split_part(coalesce(record(d.primary_company_name), record(d.company_names)), ';', 1)) NOT IN (SELECT n.name FROM company_names AS n)} name one that no company has, or several: they count
-- for the company of their contacts, or for none. Export `Associated Company IDs` too.
LEFT JOIN company_names AS n ON n.name = name_key(split_part(coalesce(record(d.primary_company_name), record(d.company_names)), ';', 1)) AND NOT has_column(d.primary_company_id, d.company_ids, k.company_id);

-- The company of the contacts of a deal, where they have one and the same.
CREATE VIEW deal_contact_account AS
SELECT
  k.deal_id,
  min(CAST(p.account_id AS TEXT)) AS account_id
FROM deal_contacts AS k
JOIN leads AS p ON CAST(p.lead_id AS TEXT) = k.contact_id
WHERE p.account_id <> ''
  AND has_column(p.account_id)
GROUP BY k.deal_id
HAVING count(DISTINCT p.account_id) = 1;

-- A column a stage has the time at which a deal came into it: a row each.
CREATE VIEW stage_days AS
SELECT
  d.hs_object_id AS opportunity_id,
  d.pipeline,
  d.dealstage,
  unnest(names_like(d."hs_v2_date_entered_*", d."hs_date_entered_*", d."date entered *")) AS stage,
  unnest(cells_like(d."hs_v2_date_entered_*", d."hs_date_entered_*", d."date entered *")) AS changed_at
FROM raw.deal AS d
WHERE has_column(d."hs_v2_date_entered_*", d."hs_date_entered_*", d."date entered *")
  AND NOT has_table('deal_stage')
  AND NOT has_table('deal_property_history');

-- The day on which a deal came into the closed stage in which it was last, or into the stage in which it is.
CREATE VIEW closed_days AS
SELECT
  record(h.deal_id) AS deal_id,
  max(moment(h.date_entered)) AS closed_at
FROM raw.deal_stage AS h
JOIN stages AS s ON s.stage_id = CAST(h.value AS TEXT)
WHERE yes(s.closed_won) OR yes(s.is_closed)
GROUP BY record(h.deal_id)
UNION ALL BY NAME
SELECT
  record(t.opportunity_id) AS deal_id,
  max(TRY_CAST(t.changed_at AS TIMESTAMP)) AS closed_at
FROM stage_days AS t
WHERE regexp_replace(lower(replace(t.stage, ' (' || t.pipeline || ')', '')), '[^a-z0-9]', '', 'g') = regexp_replace(lower(replace(t.dealstage, ' (' || t.pipeline || ')', '')), '[^a-z0-9]', '', 'g')
GROUP BY record(t.opportunity_id);

-- The first day on which a deal is known to have been there, where it has no creation date.
CREATE VIEW known_days AS
SELECT
  record(h.deal_id) AS deal_id,
  moment(h.date_entered) AS known_at
FROM raw.deal_stage AS h
UNION ALL BY NAME
SELECT
  record(f.object_id) AS deal_id,
  moment(f.timestamp) AS known_at
FROM raw.deal_property_history AS f
UNION ALL BY NAME
SELECT
  record(t.opportunity_id) AS deal_id,
  TRY_CAST(t.changed_at AS TIMESTAMP) AS known_at
FROM stage_days AS t;

CREATE VIEW first_days AS
SELECT
  k.deal_id,
  min(k.known_at) AS known_at
FROM known_days AS k
WHERE k.deal_id IN (SELECT record(d.hs_object_id) FROM raw.deal AS d WHERE record(d.createdate) IS NULL)
GROUP BY k.deal_id;

-- Deals.
CREATE VIEW opportunities AS
SELECT
  d.hs_object_id AS opportunity_id,
  -- decided: {SELECT count(*) FROM deal_links AS x JOIN deal_contact_account AS a ON a.deal_id = x.deal_id WHERE x.account_id IS NULL} deals have no company and count for the one company of their contacts.
  coalesce(x.account_id, a.account_id) AS account_id,
  -- The contact of a deal that has only one, or no company; contact_roles has all.
  CASE WHEN p.contacts = 1 OR coalesce(x.account_id, a.account_id) IS NULL THEN p.contact_id END AS lead_id,
  -- decided: {SELECT count(*) FROM first_days AS f WHERE f.known_at IS NOT NULL} deals have no creation date: the first day on which they were in a stage stands in for it.
  -- decided: {SELECT count(*) FROM raw.deal AS d WHERE record(d.createdate) IS NULL AND record(d.hs_object_id) NOT IN (SELECT f.deal_id FROM first_days AS f WHERE f.known_at IS NOT NULL)} deals have no creation date, and nothing else shows when they began: closedwon sets them aside.
  coalesce(record(d.createdate), CAST(b.known_at AS TEXT)) AS created_at,
  -- decided: deals by stage: {SELECT coalesce(s.label, d.dealstage, '(none)'), count(*) FROM raw.deal AS d LEFT JOIN stages AS s ON s.stage_id = CAST(d.dealstage AS TEXT) GROUP BY 1 ORDER BY 2 DESC, 1}.
  CASE
    -- HubSpot's own flags decide, whatever the stages are called.
    WHEN yes(d.hs_is_closed_won) THEN 'won'
    WHEN yes(d.hs_is_closed_lost) THEN 'lost'
    WHEN yes(d.hs_is_closed) AND has_column(d.hs_is_closed_won) THEN 'lost'
    WHEN no(d.hs_is_closed) THEN 'open'
    WHEN no(d.hs_is_closed_won) AND no(d.hs_is_closed_lost) THEN 'open'
    -- Then those of the stage.
    WHEN yes(s.closed_won) THEN 'won'
    WHEN yes(s.is_closed) AND s.probability >= 1 THEN 'won'
    WHEN yes(s.is_closed) THEN 'lost'
    -- choice: these stages have a probability of 0, but are not marked as closed, so their deals are read as open: {SELECT coalesce(s.label, d.dealstage), count(*) FROM raw.deal AS d JOIN stages AS s ON s.stage_id = CAST(d.dealstage AS TEXT) WHERE no(s.is_closed) AND s.probability = 0 AND NOT regexp_matches(lower(s.label), 'lost|verlor|perd|pers[oa]|verlies') GROUP BY 1 ORDER BY 2 DESC, 1}.
    -- If such deals are lost, put this in front of what follows:
    --? WHEN s.probability = 0 THEN 'lost'
    WHEN no(s.is_closed) AND NOT coalesce(regexp_matches(lower(s.label), 'lost|verlor|perd|pers[oa]|verlies'), FALSE) THEN 'open'
    WHEN no(s.is_closed) THEN 'lost'
    -- choice: stages are not marked as closed in this export. A probability of 1 is read as won and one of 0 as lost, all others as open: so HubSpot sets them when a stage is made won or lost.
    WHEN NOT has_column(s.is_closed) AND s.probability >= 1 THEN 'won'
    WHEN NOT has_column(s.is_closed) AND s.probability = 0 THEN 'lost'
    WHEN NOT has_column(s.is_closed) AND s.probability > 0 THEN 'open'
    -- What else tells it: the amount that HubSpot counts as closed, and the probability of the deal.
    WHEN regexp_matches(CAST(d.hs_closed_amount AS TEXT), '[1-9]') THEN 'won'
    WHEN regexp_matches(trim(CAST(d.hs_deal_stage_probability AS TEXT)), '^(1([.,]0*)?|100([.,]0*)? ?%)$') THEN 'won'
    WHEN regexp_matches(trim(CAST(d.hs_deal_stage_probability AS TEXT)), '^0([.,]0*)? ?%?$') THEN 'lost'
    WHEN regexp_matches(trim(CAST(d.hs_deal_stage_probability AS TEXT)), '^[0-9]') THEN 'open'
    -- decided: {SELECT count(*) FROM raw.deal AS d WHERE record(d.dealstage) IS NULL} deals have no stage, and are read as open.
    WHEN record(d.dealstage) IS NULL THEN 'open'
    -- A deal without flags: its stage is read, without the name of its pipeline. Words that closedwon does not know are counted by `check`; say what they mean in closedwon.toml, under [input] status_words.
    ELSE coalesce(s.label, replace(d.dealstage, ' (' || d.pipeline || ')', ''), d.dealstage)
  END AS status,
  -- The close date is a plan while the deal is open: closedwon does not use it then. Of a closed deal it may be a plan that nobody corrected: then the day on which it came into its last stage is earlier.
  CASE WHEN has_column(e.closed_at) THEN least(moment(d.closedate), e.closed_at) ELSE d.closedate END AS closed_at,
  -- In the currency of the company where HubSpot has converted it; else in that of the deal.
  coalesce(record(d.amount_in_home_currency), CAST(d.amount AS TEXT)) AS amount,
  CASE WHEN record(d.amount_in_home_currency) IS NULL THEN d.deal_currency_code END AS currency,
  -- decided: deals by type: {SELECT coalesce(record(d.dealtype), '(empty)'), count(*) FROM raw.deal AS d GROUP BY 1 ORDER BY 2 DESC, 1}.
  -- An empty type is new business, unless the pipeline is one of renewals or upsells; only an account's first won deal counts as a win.
  -- choice: these types say neither that a deal is new business nor that it is none, and are read as empty: {SELECT d.dealtype, count(*) FROM raw.deal AS d WHERE record(d.dealtype) IS NOT NULL AND deal_type(d.dealtype) IS NULL GROUP BY 1 ORDER BY 2 DESC, 1}.
  -- Name those that are renewals or sales to customers: CASE WHEN d.dealtype = '…' THEN 'expansion' …
  coalesce(record(deal_type(d.dealtype)), CASE WHEN regexp_matches(lower(coalesce(l.label, d.pipeline)), 'renew|verl[äa]nger|renouvel|renovaci|renova[cç]|rinnov') THEN 'renewal' WHEN regexp_matches(lower(coalesce(l.label, d.pipeline)), 'upsell|up-sell|cross-?sell|expansion|bestandskund|existing') THEN 'expansion' END) AS opportunity_type,
  -- Where it stands today: what nights keep of it becomes its history. Nothing learns from this column itself.
  coalesce(s.label, replace(d.dealstage, ' (' || d.pipeline || ')', ''), d.dealstage) AS stage,
  d.hs_deal_stage_probability AS probability,
  record(d.hubspot_owner_id) AS owner_id,
  nullif(concat_ws(';', record(d.hs_merged_object_ids), m.merged), '') AS hs_merged_object_ids,
  -- decided: {SELECT count(*) FROM raw.deal AS d WHERE yes(d.is_deleted)} deleted deals are left out, won or not.
  d.is_deleted
FROM raw.deal AS d
LEFT JOIN deal_links AS x ON x.deal_id = record(d.hs_object_id)
LEFT JOIN deal_contact_account AS a ON a.deal_id = record(d.hs_object_id)
LEFT JOIN deal_person AS p ON p.deal_id = record(d.hs_object_id)
LEFT JOIN stages AS s ON s.stage_id = CAST(d.dealstage AS TEXT)
LEFT JOIN raw.deal_pipeline AS l ON CAST(l.pipeline_id AS TEXT) = CAST(d.pipeline AS TEXT)
LEFT JOIN closed_days AS e ON e.deal_id = record(d.hs_object_id)
LEFT JOIN first_days AS b ON b.deal_id = record(d.hs_object_id)
LEFT JOIN merged_deals AS m ON m.deal_id = record(d.hs_object_id)
-- choice: deals by pipeline: {SELECT coalesce(l.label, d.pipeline, '(none)'), count(*) FROM raw.deal AS d LEFT JOIN raw.deal_pipeline AS l ON CAST(l.pipeline_id AS TEXT) = CAST(d.pipeline AS TEXT) GROUP BY 1 ORDER BY 2 DESC, 1}. All of them count. If one is
-- no pipeline of sales, leave its deals out:
--? AND d.pipeline NOT IN ('…')
WHERE record(d.hs_object_id) IS NOT NULL
  -- decided: {SELECT count(*) FROM deal_links AS x WHERE x.account_id IS NULL AND x.deal_id NOT IN (SELECT p.deal_id FROM deal_person AS p)} deals have neither a company nor a contact, and are left out: they can count for nobody.
  AND coalesce(x.account_id, a.account_id, p.contact_id) IS NOT NULL;

-- Who took part in a deal.
CREATE VIEW contact_roles AS
SELECT
  k.deal_id AS opportunity_id,
  k.contact_id AS lead_id
FROM deal_contacts AS k
WHERE k.contact_id <> '';

-- The steps of deals, with what was planned of them.
CREATE VIEW opportunity_history AS
SELECT
  h.deal_id AS opportunity_id,
  h.date_entered AS changed_at,
  coalesce(s.label, CAST(h.value AS TEXT)) AS stage
FROM raw.deal_stage AS h
LEFT JOIN stages AS s ON s.stage_id = CAST(h.value AS TEXT)
UNION ALL BY NAME
SELECT
  f.object_id AS opportunity_id,
  f.timestamp AS changed_at,
  CASE WHEN f.name = 'dealstage' THEN coalesce(s.label, f.value) END AS stage,
  -- As the deal itself, in the currency of the company.
  CASE WHEN f.name = 'amount' THEN coalesce(CAST(TRY_CAST(f.value AS DOUBLE) * TRY_CAST(d.amount_in_home_currency AS DOUBLE) / nullif(TRY_CAST(d.amount AS DOUBLE), 0) AS TEXT), f.value) END AS amount,
  CASE WHEN f.name = 'closedate' THEN f.value END AS close_date,
  CASE WHEN f.name = 'hs_deal_stage_probability' THEN f.value END AS probability
FROM raw.deal_property_history AS f
LEFT JOIN stages AS s ON s.stage_id = f.value AND f.name = 'dealstage'
LEFT JOIN raw.deal AS d ON CAST(d.hs_object_id AS TEXT) = CAST(f.object_id AS TEXT) AND has_column(d.amount_in_home_currency)
WHERE f.name IN ('amount', 'closedate', 'hs_deal_stage_probability') OR (f.name = 'dealstage' AND NOT has_table('deal_stage'))
UNION ALL BY NAME
SELECT
  t.opportunity_id,
  t.changed_at,
  -- Two pipelines may have a stage of one name.
  coalesce(s.label, replace(t.stage, ' (' || t.pipeline || ')', ''), t.stage) AS stage
FROM stage_days AS t
LEFT JOIN stages AS s ON s.stage_id = t.stage
WHERE record(t.changed_at) IS NOT NULL
  AND t.stage <> 'current_stage';

-- Earlier values of attributes.
CREATE VIEW account_history AS
SELECT
  h.object_id AS account_id,
  h.timestamp AS known_at,
  each_field(h.name, h.value)
FROM raw.company_property_history AS h;

CREATE VIEW lead_history AS
SELECT
  h.object_id AS lead_id,
  h.timestamp AS known_at,
  each_field(h.name, h.value)
FROM raw.contact_property_history AS h;

-- What was logged: e-mails, calls, meetings and their like.
CREATE VIEW engagements AS
SELECT
  record(e.hs_object_id) AS engagement_id,
  CASE WHEN lower(e.hs_email_direction) LIKE 'incoming%' THEN 'incoming email' ELSE 'email' END AS kind,
  e.hs_timestamp AS occurred_at,
  e.hs_createdate AS known_at,
  e.hs_email_direction AS direction,
  e.hs_email_status AS status,
  record(e.contact_ids) AS contact_ids,
  record(e.contact_names) AS contact_names,
  coalesce(record(e.primary_company_id), nullif(regexp_extract(record(e.company_ids), '[0-9A-Za-z_-]+'), '')) AS company_ids,
  e._fivetran_deleted AS is_deleted,
  e.archived
FROM raw.engagement_email AS e
UNION ALL BY NAME
SELECT
  record(e.hs_object_id) AS engagement_id,
  CASE WHEN lower(e.hs_call_direction) IN ('inbound', 'incoming') THEN 'incoming call' ELSE 'call' END AS kind,
  e.hs_timestamp AS occurred_at,
  e.hs_createdate AS known_at,
  e.hs_call_direction AS direction,
  e.hs_call_status AS status,
  record(e.contact_ids) AS contact_ids,
  record(e.contact_names) AS contact_names,
  coalesce(record(e.primary_company_id), nullif(regexp_extract(record(e.company_ids), '[0-9A-Za-z_-]+'), '')) AS company_ids,
  e._fivetran_deleted AS is_deleted,
  e.archived
FROM raw.engagement_call AS e
UNION ALL BY NAME
SELECT
  record(e.hs_object_id) AS engagement_id,
  CASE WHEN lower(e.hs_meeting_source) = 'meetings_public' THEN 'meeting request' ELSE 'meeting' END AS kind,
  -- A meeting that is still to come waits until then; one that was cancelled is left out.
  e.hs_timestamp AS occurred_at,
  e.hs_createdate AS known_at,
  -- choice: {SELECT count(*) FROM raw.engagement_meeting AS e WHERE upper(e.hs_meeting_outcome) = 'SCHEDULED' AND moment(e.hs_timestamp) < (SELECT max(moment(x.hs_createdate)) FROM raw.engagement_meeting AS x)} meetings that are over still have the outcome SCHEDULED, and {SELECT count(*) FROM raw.engagement_meeting AS e WHERE upper(e.hs_meeting_outcome) = 'COMPLETED'} have COMPLETED: HubSpot
  -- leaves it so until somebody writes what came of the meeting. They count as held. If your people write it, leave them out:
  --? CASE WHEN upper(e.hs_meeting_outcome) = 'SCHEDULED' THEN 'CANCELED' ELSE e.hs_meeting_outcome END AS hs_meeting_outcome,
  e.hs_meeting_outcome,
  record(e.contact_ids) AS contact_ids,
  record(e.contact_names) AS contact_names,
  coalesce(record(e.primary_company_id), nullif(regexp_extract(record(e.company_ids), '[0-9A-Za-z_-]+'), '')) AS company_ids,
  e._fivetran_deleted AS is_deleted,
  e.archived
FROM raw.engagement_meeting AS e
UNION ALL BY NAME
SELECT
  record(e.hs_object_id) AS engagement_id,
  'note' AS kind,
  e.hs_timestamp AS occurred_at,
  e.hs_createdate AS known_at,
  'outbound' AS direction,
  record(e.contact_ids) AS contact_ids,
  record(e.contact_names) AS contact_names,
  coalesce(record(e.primary_company_id), nullif(regexp_extract(record(e.company_ids), '[0-9A-Za-z_-]+'), '')) AS company_ids,
  e._fivetran_deleted AS is_deleted,
  e.archived
FROM raw.engagement_note AS e
UNION ALL BY NAME
SELECT
  record(e.hs_object_id) AS engagement_id,
  'task' AS kind,
  e.hs_timestamp AS occurred_at,
  e.hs_createdate AS known_at,
  'outbound' AS direction,
  record(e.contact_ids) AS contact_ids,
  record(e.contact_names) AS contact_names,
  coalesce(record(e.primary_company_id), nullif(regexp_extract(record(e.company_ids), '[0-9A-Za-z_-]+'), '')) AS company_ids,
  e._fivetran_deleted AS is_deleted,
  e.archived
FROM raw.engagement_task AS e
-- decided: {SELECT count(*) FROM raw.engagement_task AS e WHERE coalesce(upper(e.hs_task_status), 'COMPLETED') <> 'COMPLETED'} tasks are not done, and count for nothing.
WHERE coalesce(upper(e.hs_task_status), 'COMPLETED') = 'COMPLETED'
UNION ALL BY NAME
SELECT
  record(e.hs_object_id) AS engagement_id,
  lower(coalesce(record(e.hs_communication_channel_type), 'message')) AS kind,
  e.hs_timestamp AS occurred_at,
  e.hs_createdate AS known_at,
  'outbound' AS direction,
  record(e.contact_ids) AS contact_ids,
  record(e.contact_names) AS contact_names,
  coalesce(record(e.primary_company_id), nullif(regexp_extract(record(e.company_ids), '[0-9A-Za-z_-]+'), '')) AS company_ids,
  e._fivetran_deleted AS is_deleted,
  e.archived
FROM raw.engagement_communication AS e
UNION ALL BY NAME
-- Engagements of which only the kind is known.
SELECT
  record(e.hs_object_id) AS engagement_id,
  lower(replace(e.type, '_', ' ')) AS kind,
  e.hs_timestamp AS occurred_at,
  e.hs_createdate AS known_at,
  CASE WHEN lower(e.type) IN ('incoming_email', 'incoming email') THEN 'inbound' WHEN lower(e.type) IN ('email', 'forwarded_email', 'call', 'note', 'task') THEN 'outbound' END AS direction,
  record(e.contact_ids) AS contact_ids,
  record(e.contact_names) AS contact_names,
  coalesce(record(e.primary_company_id), nullif(regexp_extract(record(e.company_ids), '[0-9A-Za-z_-]+'), '')) AS company_ids,
  e._fivetran_deleted AS is_deleted,
  e.archived
FROM raw.engagement AS e
WHERE has_column(e.hs_timestamp)
  AND e.hs_object_id NOT IN (SELECT x.hs_object_id FROM raw.engagement_email AS x)
  AND e.hs_object_id NOT IN (SELECT x.hs_object_id FROM raw.engagement_call AS x)
  AND e.hs_object_id NOT IN (SELECT x.hs_object_id FROM raw.engagement_meeting AS x)
  AND e.hs_object_id NOT IN (SELECT x.hs_object_id FROM raw.engagement_note AS x)
  AND e.hs_object_id NOT IN (SELECT x.hs_object_id FROM raw.engagement_task AS x);

-- Who took part in each.
CREATE VIEW engagement_names AS
SELECT
  e.engagement_id,
  unnest(string_split_regex(e.contact_names, '\s*;\s*')) AS name
FROM engagements AS e
WHERE has_column(e.contact_names)
  AND NOT has_column(e.contact_ids)
  AND NOT has_table('engagement_contact');

CREATE VIEW engagement_people AS
SELECT
  record(k.engagement_id) AS engagement_id,
  record(k.contact_id) AS contact_id
FROM raw.engagement_contact AS k
WHERE NOT yes(k._fivetran_deleted)
UNION BY NAME
SELECT
  e.engagement_id,
  unnest(string_split_regex(regexp_replace(e.contact_ids, '[^0-9A-Za-z;,_-]', '', 'g'), '[;,]')) AS contact_id
FROM engagements AS e
WHERE has_column(e.contact_ids)
  AND NOT has_table('engagement_contact')
UNION BY NAME
SELECT
  l.engagement_id,
  n.contact_id
FROM engagement_names AS l
JOIN contact_names AS n ON n.name = coalesce(nullif(lower(regexp_extract(l.name, '([^()\s]+@[^()\s]+)', 1)), ''), name_key(l.name));

-- The company of each, itself or that of its deal, where there is only one.
CREATE VIEW engagement_companies AS
SELECT
  record(k.engagement_id) AS engagement_id,
  record(k.company_id) AS company_id
FROM raw.engagement_company AS k
UNION BY NAME
SELECT
  record(k.engagement_id) AS engagement_id,
  a.company_id
FROM raw.engagement_deal AS k
JOIN deal_account AS a ON a.deal_id = record(k.deal_id);

CREATE VIEW engagement_account AS
SELECT
  k.engagement_id,
  min(k.company_id) AS company_id
FROM engagement_companies AS k
GROUP BY k.engagement_id
HAVING count(DISTINCT k.company_id) = 1;

-- What was done, and by whom.
CREATE VIEW activities AS
SELECT
  e.engagement_id || coalesce('-' || k.contact_id, '') AS activity_id,
  k.contact_id AS lead_id,
  -- The contact's own company counts, where it has one.
  CASE WHEN p.account_id IS NULL THEN coalesce(a.company_id, e.company_ids) END AS account_id,
  e.kind AS activity_type,
  e.occurred_at,
  e.known_at,
  -- HubSpot's own word for who wrote or called; where it has none, the kind decides.
  e.direction,
  e.status,
  e.hs_meeting_outcome,
  e.is_deleted,
  e.archived
FROM engagements AS e
LEFT JOIN engagement_people AS k ON k.engagement_id = e.engagement_id AND k.contact_id <> ''
LEFT JOIN engagement_account AS a ON a.engagement_id = e.engagement_id
LEFT JOIN leads AS p ON CAST(p.lead_id AS TEXT) = k.contact_id
-- What belongs to no contact and no company counts for nobody.
WHERE coalesce(k.contact_id, a.company_id, e.company_ids) IS NOT NULL
UNION ALL BY NAME
-- What was sent by e-mail, and what came of it. `filtered_event` is HubSpot's own mark of a machine.
-- decided: {SELECT count(*) FROM raw.email_event AS v WHERE name_key(v.recipient) NOT IN (SELECT n.name FROM contact_names AS n)} e-mail events are to addresses that no contact has, and count for nobody.
SELECT
  CAST(v.id AS TEXT) AS activity_id,
  n.contact_id AS lead_id,
  CASE
    WHEN v.type = 'SENT' THEN 'email sent'
    WHEN v.type = 'OPEN' THEN 'email open'
    WHEN v.type = 'CLICK' THEN 'email click'
    ELSE 'email ' || lower(v.type)
  END AS activity_type,
  v.created AS occurred_at,
  v.created AS known_at,
  CASE WHEN v.type IN ('OPEN', 'CLICK', 'PRINT', 'FORWARD') THEN 'inbound' ELSE 'outbound' END AS direction,
  v.filtered_event,
  coalesce(o.user_agent, c.user_agent) AS user_agent
FROM raw.email_event AS v
JOIN contact_names AS n ON n.name = name_key(v.recipient)
LEFT JOIN raw.email_event_open AS o ON o.id = v.id
LEFT JOIN raw.email_event_click AS c ON c.id = v.id
-- On its way a mail is processed, delivered and deferred: that is the same mail.
WHERE v.type NOT IN ('PROCESSED', 'DELIVERED', 'DEFERRED', 'DROPPED')
UNION ALL BY NAME
-- Forms: a kind of their own each.
SELECT
  CAST(f.conversion_id AS TEXT) AS activity_id,
  coalesce(record(f.contact_id), n.contact_id) AS lead_id,
  coalesce('form: ' || lower(record(f.title)), 'form submission') AS activity_type,
  f.timestamp AS occurred_at,
  f.timestamp AS known_at,
  'inbound' AS direction
FROM raw.contact_form_submission AS f
LEFT JOIN contact_names AS n ON n.name = name_key(f.email)
WHERE coalesce(record(f.contact_id), n.contact_id) IS NOT NULL
UNION ALL BY NAME
-- Where the forms themselves are not in the export: the first that a contact filled in. The latest would be today's.
SELECT
  c.hs_object_id AS lead_id,
  'form submission' AS activity_type,
  c.first_conversion_date AS occurred_at,
  c.first_conversion_date AS known_at,
  'inbound' AS direction
FROM raw.contact AS c
WHERE NOT has_table('contact_form_submission')
  AND has_column(c.first_conversion_date)
  AND record(c.first_conversion_date) IS NOT NULL;
