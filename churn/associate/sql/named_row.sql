-- The rows of a portfolio with the names that they hold; a day alone (midnight, to the second) is a day and no minute.
SELECT
    id,
    name_domain AS domain,
    coalesce(row_fault, name_reason) AS reason,
    created_at,
    CASE WHEN created_at <> date_trunc('day', created_at) THEN strftime(created_at, '%Y-%m-%d %H:%M') END AS minute,
    CASE WHEN created_at = date_trunc('day', created_at) THEN strftime(created_at, '%Y-%m-%d') END AS created_day,
    account_hash,
    order_id,
    payment_hash,
    contact_hash,
    access_hash,
    nullif(array_to_string(sorted_list(host_list(name_servers)), ' '), '') AS name_servers,
    list_slice(sorted_list(addresses), 1, 64) AS addresses,
    gave_created_at AND created_at IS NULL AS created_at_unread
FROM named('checked')
