-- scenario: Pro monthly subscription at $49 with varying usage
-- Usage varies from record to record of one organization, or from organization to organization.
-- {now} is the as-of as ISO text. Days are days in UTC.

-- mismatches: organizations none of whose subscriptions is what the words say
SELECT o.id
FROM organizations AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM subscriptions AS s
    JOIN plans AS p ON p.id = s.plan_id
    WHERE s.organization_id = o.id
      AND s.status IN ('active', 'past_due', 'trialing')
      AND p.name LIKE 'Pro%' AND p.price_cents = 4900 AND p.billing_interval = 'month'
      AND EXISTS (SELECT 1 FROM usage_records AS u WHERE u.subscription_id = s.id AND u.recorded_at <= timestamptz '{now}')
      AND (
        (SELECT count(DISTINCT u.quantity) FROM usage_records AS u WHERE u.subscription_id = s.id) > 1
        OR (SELECT count(DISTINCT t.total) FROM (SELECT sum(quantity) AS total FROM usage_records GROUP BY subscription_id) AS t) > 1
      )
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
