-- Step 7e. The day's ledger.
SELECT
    $day AS day,
    identity.cluster_id,
    window_domain.domain,
    ledger.family,
    ledger.name AS field,
    ledger.text AS value,
    ledger.domains AS domains_with_value,
    ledger.inside AS in_cluster,
    round(ledger.weight, 4) AS weight,
    ledger.source,
    ledger.observed_at
FROM ledger
INNER JOIN identity ON identity.component = ledger.component
INNER JOIN window_domain ON window_domain.id = ledger.id
