-- scenario: mid-trial with heavy usage
-- Mid-trial: a tenth to nine tenths of it are over. Heavy: half of what the plan includes in a period, or 50,000 calls where it
-- sets no limit.
-- {now} is the as-of as ISO text. Days are days in UTC.

-- mismatches: organizations none of whose subscriptions is what the words say
SELECT o.id
FROM organizations AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM subscriptions AS s
    JOIN plans AS p ON p.id = s.plan_id
    WHERE s.organization_id = o.id
      AND s.status = 'trialing' AND s.trial_ends_at > timestamptz '{now}'
      AND timestamptz '{now}' - s.started_at BETWEEN 0.1 * (s.trial_ends_at - s.started_at) AND 0.9 * (s.trial_ends_at - s.started_at)
      AND (SELECT coalesce(sum(u.quantity), 0) FROM usage_records AS u WHERE u.subscription_id = s.id AND u.metric = 'api_calls' AND u.recorded_at >= s.started_at) >= 0.5 * coalesce(p.included_api_calls, 100000)
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
