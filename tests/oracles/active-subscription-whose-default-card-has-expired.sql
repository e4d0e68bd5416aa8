-- scenario: active subscription whose default card has expired
-- A card is valid up to and with its expires_on.
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
      AND EXISTS (
        SELECT 1 FROM payment_methods AS m
        WHERE m.organization_id = o.id AND m.is_default AND m.expires_on < (timestamptz '{now}' AT TIME ZONE 'UTC')::date
      )
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
