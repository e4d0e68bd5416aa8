-- scenario: Enterprise annual subscription approaching renewal
-- Approaching: the renewal lies ahead, within 60 days. What was canceled does not renew.
-- {now} is the as-of as ISO text. Days are days in UTC.

-- mismatches: organizations none of whose subscriptions is what the words say
SELECT o.id
FROM organizations AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM subscriptions AS s
    JOIN plans AS p ON p.id = s.plan_id
    WHERE s.organization_id = o.id
      AND s.status = 'active' AND NOT s.cancel_at_period_end
      AND p.name LIKE 'Enterprise%' AND p.billing_interval = 'year'
      AND s.current_period_end > timestamptz '{now}'
      AND s.current_period_end <= timestamptz '{now}' + interval '60 days'
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
