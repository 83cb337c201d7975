-- Step 7c. What each pair shares: of each family the value that fewest have, and how surprising it is, ln(of / with it):
-- among the domains of a customer that both have, else in the book. `crowd` is the ln of those domains.
CREATE OR REPLACE TEMP TABLE feature AS
WITH shared AS (
    SELECT pair.seed, pair.id, value.family, value.field, value.code, value.domains
    FROM pair
    INNER JOIN held AS second ON second.id = pair.id
    INNER JOIN held AS first ON first.id = pair.seed AND first.code = second.code
    INNER JOIN value ON value.code = first.code
),
best AS (
    SELECT
        seed,
        id,
        arg_min(code, (domains, code)) FILTER (family = 'customer') AS customer,
        min(domains) FILTER (family = 'customer') AS customer_domains,
        arg_min(code, (domains, code)) FILTER (family = 'registration') AS registration,
        min(domains) FILTER (family = 'registration') AS registration_domains,
        arg_min(code, (domains, code)) FILTER (family = 'infrastructure') AS infrastructure,
        min(domains) FILTER (family = 'infrastructure') AS infrastructure_domains,
        arg_min(code, (domains, code)) FILTER (family = 'name') AS name,
        min(domains) FILTER (family = 'name') AS name_domains,
        arg_min(code, (domains, code)) FILTER (family = 'listing') AS listing,
        min(domains) FILTER (family = 'listing') AS listing_domains,
        bool_or(field = 'account') AS same_account,
        bool_or(field = 'contact') AS same_contact,
        list(code ORDER BY domains, code) AS codes
    FROM shared
    GROUP BY seed, id
)
SELECT
    best.seed,
    best.id,
    best.codes,
    best.same_account,
    coalesce(best.customer_domains, $domains) AS among,
    ln(among) AS crowd,
    CASE WHEN best.customer IS NULL THEN $most_nats ELSE crowd END AS most,
    CASE WHEN best.customer IS NULL THEN 0 ELSE least(greatest(0, ln(among / 1000)), ln(10)) END AS reseller,
    (best.customer IS NOT NULL)::DOUBLE AS customer,
    (best.registration IS NOT NULL)::DOUBLE AS registration,
    (best.infrastructure IS NOT NULL)::DOUBLE AS infrastructure,
    (best.name IS NOT NULL)::DOUBLE AS naming,
    (best.listing IS NOT NULL)::DOUBLE AS listing,
    least(coalesce(ln(among / coalesce(registration_cell.domains, best.registration_domains)), 0), most) AS registration_nats,
    least(coalesce(ln(among / coalesce(infrastructure_cell.domains, best.infrastructure_domains)), 0), most) AS infrastructure_nats,
    least(coalesce(ln(among / coalesce(name_cell.domains, best.name_domains)), 0), most) AS naming_nats,
    least(coalesce(ln(among / coalesce(listing_cell.domains, best.listing_domains)), 0), most) AS listing_nats,
    (first.account_hash IS NOT NULL AND NOT best.same_account)::DOUBLE AS other_account,
    (first.contact_hash IS NOT NULL AND best.same_account AND NOT best.same_contact)::DOUBLE AS other_contact,
    ln(1 + coalesce(abs(date_diff('hour', first.created_at, second.created_at)) / 24.0, 0)) AS apart,
    CASE WHEN best.customer IS NULL THEN apart ELSE 0 END AS days_apart,
    CASE WHEN best.customer IS NOT NULL THEN apart ELSE 0 END AS days_apart_within
FROM best
INNER JOIN seed AS first ON first.id = best.seed
INNER JOIN (SELECT id, any_value(created_at) AS created_at FROM held GROUP BY id) AS second ON second.id = best.id
LEFT JOIN cell AS registration_cell ON registration_cell.customer = best.customer AND registration_cell.code = best.registration
LEFT JOIN cell AS infrastructure_cell ON infrastructure_cell.customer = best.customer AND infrastructure_cell.code = best.infrastructure
LEFT JOIN cell AS name_cell ON name_cell.customer = best.customer AND name_cell.code = best.name
LEFT JOIN cell AS listing_cell ON listing_cell.customer = best.customer AND listing_cell.code = best.listing
