-- scenario: canceled with 15 days remaining in the paid period
-- 15 days however counted: by the calendar, rounded up or rounded down. A trial is not paid for, nor is a free plan.
-- {now} is the as-of as ISO text. Days are days in UTC.

-- mismatches: organizations none of whose subscriptions is what the words say
SELECT o.id
FROM organizations AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM subscriptions AS s
    JOIN plans AS p ON p.id = s.plan_id
    WHERE s.organization_id = o.id
      AND s.canceled_at <= timestamptz '{now}' AND (s.status = 'canceled' OR s.cancel_at_period_end)
      AND p.price_cents > 0 AND s.current_period_end IS DISTINCT FROM s.trial_ends_at
      AND s.current_period_end > timestamptz '{now}' + interval '14 days'
      AND s.current_period_end < timestamptz '{now}' + interval '16 days'
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
