-- Step 3. The traits of the day's names, as far as they were known before the plan. `id` is the number of field and value.
CREATE TEMP TABLE plan_today AS
SELECT DISTINCT
    plan_trait.domain,
    plan_trait.family,
    hash_of(plan_trait.field || '=' || plan_trait.value) AS id,
    plan_trait.field,
    plan_trait.value
FROM plan_trait
SEMI JOIN plan_name USING (domain)
WHERE plan_trait.day = $day AND list_contains($known_before, plan_trait.asked_with)
