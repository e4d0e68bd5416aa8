-- scenario: failed payment with a retry scheduled
-- The latest attempt on an invoice that is still to be paid has failed, and another is planned.
-- {now} is the as-of as ISO text. Days are days in UTC.

-- mismatches: organizations none of whose subscriptions is what the words say
SELECT o.id
FROM organizations AS o
WHERE NOT EXISTS (
    SELECT 1
    FROM subscriptions AS s
    JOIN plans AS p ON p.id = s.plan_id
    WHERE s.organization_id = o.id
      AND EXISTS (
        SELECT 1
        FROM invoices AS i
        JOIN payment_attempts AS a ON a.invoice_id = i.id
        WHERE i.subscription_id = s.id AND i.status NOT IN ('paid', 'void') AND a.status = 'failed'
          AND a.attempted_at <= timestamptz '{now}' AND a.next_retry_at > timestamptz '{now}'
          AND NOT EXISTS (SELECT 1 FROM payment_attempts AS b WHERE b.invoice_id = i.id AND b.attempted_at > a.attempted_at)
      )
);

-- roots: each case has one organization of its own
SELECT count(*) FROM organizations;
