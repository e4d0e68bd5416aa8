-- scenario: trial expired 3 days ago
-- Three calendar days ago, or three full days and not yet four. What became of the subscription is open.
-- {now} is the as-of as ISO text. Days are days in UTC.

-- mismatches: organizations none of whose subscriptions is what the words say
SELECT o.id
FROM organizations AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM subscriptions AS s
    JOIN plans AS p ON p.id = s.plan_id
    WHERE s.organization_id = o.id
      AND s.status <> 'trialing'
      AND (
        (s.trial_ends_at AT TIME ZONE 'UTC')::date = (timestamptz '{now}' AT TIME ZONE 'UTC')::date - 3
        OR (s.trial_ends_at <= timestamptz '{now}' - interval '3 days' AND s.trial_ends_at > timestamptz '{now}' - interval '4 days')
      )
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
