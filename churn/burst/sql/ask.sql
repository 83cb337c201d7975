-- Put a source's questions to those of the day.
INSERT INTO question BY NAME SELECT * FROM asked
