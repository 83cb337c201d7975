-- Step 6. Within what customers of reported domains have: how many of a customer's domains have each other value.
CREATE OR REPLACE TEMP TABLE cell AS
SELECT customer.code AS customer, other.code, count(*) AS domains
FROM held AS customer
INNER JOIN value AS customer_value ON customer_value.code = customer.code AND customer_value.family = 'customer'
INNER JOIN held AS other ON other.id = customer.id
INNER JOIN value ON value.code = other.code AND value.family <> 'customer'
GROUP BY customer.code, other.code
