-- Billing rules over a whole dataset: each query returns the rows that break its rule.

-- rule: free_usage_within_limit: On a plan with price_cents 0 the api_calls recorded since current_period_start
--   add up to at most included_api_calls.
SELECT s.*
FROM subscriptions AS s
JOIN plans AS p ON p.id = s.plan_id
WHERE p.price_cents = 0
  AND (
    SELECT sum(u.quantity) FROM usage_records AS u
    WHERE u.subscription_id = s.id AND u.metric = 'api_calls' AND u.recorded_at >= s.current_period_start
  ) > p.included_api_calls;

-- rule: attempt_charges_own_card: A payment attempt charges a card of the organization whose subscription is invoiced.
SELECT a.*
FROM payment_attempts AS a
JOIN payment_methods AS m ON m.id = a.payment_method_id
JOIN invoices AS i ON i.id = a.invoice_id
JOIN subscriptions AS s ON s.id = i.subscription_id
WHERE m.organization_id <> s.organization_id;

-- rule: invoice_after_start: No invoice is issued before its subscription's started_at.
SELECT i.*
FROM invoices AS i
JOIN subscriptions AS s ON s.id = i.subscription_id
WHERE i.issued_at < s.started_at;

-- rule: change_after_start: No change of a subscription is effective before its started_at.
SELECT c.*
FROM subscription_changes AS c
JOIN subscriptions AS s ON s.id = c.subscription_id
WHERE c.effective_at < s.started_at;

-- rule: plan_once_per_organization: An organization has at most one trialing, active or past_due subscription on the
--   same plan.
SELECT s.*
FROM subscriptions AS s
WHERE s.status IN ('trialing', 'active', 'past_due')
  AND EXISTS (
    SELECT 1 FROM subscriptions AS o
    WHERE o.organization_id = s.organization_id AND o.plan_id = s.plan_id AND o.id <> s.id
      AND o.status IN ('trialing', 'active', 'past_due')
  );
