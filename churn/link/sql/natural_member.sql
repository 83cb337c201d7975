-- Verdicts 1. The members with the components as they were linked, before any verdict.
SELECT id, component FROM member
