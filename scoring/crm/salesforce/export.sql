-- Companies. Deleted rows stay in: closedwon leaves them out, with a count, and knows that they were there.
CREATE VIEW accounts AS
SELECT
  a.id AS account_id,
  a.website AS domain,
  a.created_date AS created_at,
  a.is_deleted,
  -- The record into which this one was merged: closedwon moves its deals and activities there.
  record(a.master_record_id) AS master_record_id,
  -- Every other column that may be known before a deal is decided: a candidate for fit.
  a.*
FROM raw.account AS a
-- decided: {SELECT count(*) FROM raw.account AS a WHERE yes(a.is_person_account)} accounts are persons, not companies, and are left out
WHERE NOT yes(a.is_person_account);

-- Deals.
CREATE VIEW opportunities AS
SELECT
  o.id AS opportunity_id,
  record(o.account_id) AS account_id,
  o.created_date AS created_at,
  CASE
    -- Salesforce's own flags decide, whatever the stages are called.
    WHEN yes(o.is_won) THEN 'won'
    WHEN yes(o.is_closed) THEN 'lost'
    WHEN no(o.is_closed) THEN 'open'
    -- Without the flags the name of the stage is read.
    ELSE o.stage_name
  END AS status,
  -- Salesforce's close date is a day, and a plan while the deal is open: closedwon leaves those out.
  o.close_date AS closed_at,
  o.amount,
  o.type AS opportunity_type,
  o.currency_iso_code AS currency,
  o.is_deleted
FROM raw.opportunity AS o;
