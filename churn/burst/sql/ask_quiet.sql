-- Note how many questions were asked that got no rows of their own.
INSERT INTO quiet BY NAME SELECT * FROM asked_quietly
