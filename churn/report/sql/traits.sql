-- Sponsors, hosts and endings of each group: the most frequent values of every dimension; a null value is "not obtained".
WITH had AS (
    SELECT
        key,
        domain,
        reported_day IS NOT NULL AS reported,
        unnest([
            {
                'dimension': 'registrar',
                'listed': CASE
                    WHEN registrar IS NULL AND registrar_iana_id IS NULL THEN NULL
                    WHEN registrar_iana_id IS NULL THEN [registrar]
                    ELSE [coalesce(registrar, 'unnamed') || ' (IANA ' || registrar_iana_id || ')']
                END
            },
            {'dimension': 'tld', 'listed': ['.' || tld]},
            {'dimension': 'prefix', 'listed': list_distinct(prefixes)},
            {'dimension': 'network', 'listed': list_distinct(networks)},
            {'dimension': 'address', 'listed': list_distinct(addresses)},
            {'dimension': 'name_servers', 'listed': CASE WHEN len(name_servers) > 0 THEN [array_to_string(name_servers, ' ')] ELSE name_servers END},
            {'dimension': 'reported_by', 'listed': reported_by},
            {'dimension': 'label', 'listed': labels},
            {'dimension': 'pattern', 'listed': CASE WHEN built IS NULL THEN [] ELSE [built] END}
        ], recursive := TRUE)
    FROM grouping
    JOIN subject USING (domain)
),
valued AS (
    SELECT key, dimension, reported, unnest(CASE WHEN listed IS NULL THEN [NULL] ELSE listed END) AS value
    FROM had
)
SELECT
    key,
    dimension,
    value,
    count(*) AS domains,
    count(*) FILTER (reported) AS reported,
    count(value) OVER (PARTITION BY key, dimension) AS values_in_all
FROM valued
GROUP BY key, dimension, value
QUALIFY row_number() OVER (PARTITION BY key, dimension ORDER BY value IS NULL, count(*) DESC, value) <= $top OR value IS NULL
ORDER BY key, dimension, value IS NULL, domains DESC, value
