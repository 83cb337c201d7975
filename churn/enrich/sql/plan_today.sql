-- Step 3. The traits of the day's names, as far as they were known before the plan.
CREATE TEMP TABLE plan_today AS
SELECT DISTINCT plan_trait.domain, plan_trait.family, plan_trait.field, plan_trait.value
FROM plan_trait
SEMI JOIN plan_name USING (domain)
WHERE plan_trait.day = $day AND list_contains($known_before, plan_trait.asked_with)
