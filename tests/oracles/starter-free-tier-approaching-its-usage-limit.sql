-- scenario: Starter free tier approaching its usage limit
-- Approaching: 70% or more of the calls included in the current period, and not above them.
-- {now} is the as-of as ISO text. Days are days in UTC.

-- mismatches: organizations none of whose subscriptions is what the words say
SELECT o.id
FROM organizations AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM subscriptions AS s
    JOIN plans AS p ON p.id = s.plan_id
    WHERE s.organization_id = o.id
      AND s.status = 'active'
      AND p.name LIKE 'Starter%' AND p.price_cents = 0
      AND (SELECT coalesce(sum(u.quantity), 0) FROM usage_records AS u WHERE u.subscription_id = s.id AND u.metric = 'api_calls' AND u.recorded_at >= s.current_period_start) >= 0.7 * p.included_api_calls
      AND (SELECT coalesce(sum(u.quantity), 0) FROM usage_records AS u WHERE u.subscription_id = s.id AND u.metric = 'api_calls' AND u.recorded_at >= s.current_period_start) <= p.included_api_calls
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
