-- How probably each of today's names is of an owner whose names were reported before; those of $least and more.
CREATE TABLE habit_estimate AS SELECT domain, owner, probability FROM habit_estimated WHERE probability >= $least
