-- Step 7d. The pairs that are probable enough, by the model of `score.py`.
INSERT INTO judged
SELECT
    id,
    seed,
    1 / (1 + exp(-log_odds)) AS probability,
    codes,
    same_account,
    among
FROM (
    SELECT
        *,
        $constant
        + $crowd * crowd
        + $reseller * reseller
        + $customer * customer
        + $registration * registration
        + $infrastructure * infrastructure
        + $naming * naming
        + $listing * listing
        + $registration_nats * registration_nats
        + $infrastructure_nats * infrastructure_nats
        + $naming_nats * naming_nats
        + $listing_nats * listing_nats
        + $other_account * other_account
        + $other_contact * other_contact
        + $days_apart * days_apart
        + $days_apart_within * days_apart_within AS log_odds
    FROM feature
)
WHERE probability >= $at_least
