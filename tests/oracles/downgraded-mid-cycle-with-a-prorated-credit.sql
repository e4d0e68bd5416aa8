-- scenario: downgraded mid-cycle with a prorated credit
-- Mid-cycle: inside the current period; a change of interval may have begun it. Prorated: a credit of less than the
-- old plan's price.
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
      AND EXISTS (
        SELECT 1
        FROM subscription_changes AS c
        JOIN plans AS old ON old.id = c.from_plan_id
        JOIN plans AS new ON new.id = c.to_plan_id
        WHERE c.subscription_id = s.id AND c.kind = 'downgrade' AND c.to_plan_id = s.plan_id AND c.effective_at <= timestamptz '{now}'
          AND c.effective_at < s.current_period_end
          AND (c.effective_at > s.current_period_start
               OR (c.effective_at = s.current_period_start AND c.effective_at > s.started_at
                   AND old.billing_interval <> new.billing_interval))
          AND -c.proration_cents > 0 AND -c.proration_cents < old.price_cents
      )
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
