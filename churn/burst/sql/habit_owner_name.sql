-- Names that were reported before today, by owner.
CREATE TABLE habit_owner_name AS SELECT DISTINCT domain, owner FROM habit_past
