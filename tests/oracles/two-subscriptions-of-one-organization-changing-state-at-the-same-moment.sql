-- scenario: two subscriptions of one organization changing state at the same moment
-- A change of state is a recorded change, a cancellation, or the end of a trial that is over.
-- The words name no time: {now}, the as-of as ISO text, is used only to see that a trial is over.

-- mismatches: organizations no two of whose subscriptions changed at one moment
WITH moments AS (
    SELECT c.subscription_id, c.effective_at AS moment FROM subscription_changes AS c
    UNION
    SELECT s.id, s.canceled_at FROM subscriptions AS s WHERE s.canceled_at IS NOT NULL
    UNION
    SELECT s.id, s.trial_ends_at FROM subscriptions AS s WHERE s.trial_ends_at <= timestamptz '{now}'
)
SELECT o.id
FROM organizations AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM subscriptions AS s
    JOIN moments AS a ON a.subscription_id = s.id
    JOIN subscriptions AS t ON t.organization_id = s.organization_id AND t.id <> s.id
    JOIN moments AS b ON b.subscription_id = t.id AND b.moment = a.moment
    WHERE s.organization_id = o.id
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
