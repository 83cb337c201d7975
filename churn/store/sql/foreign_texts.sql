-- Texts that only Python can spell and that it has not spelled yet.
SELECT DISTINCT name_text
FROM query_table($source) AS given
ANTI JOIN foreign_name USING (name_text)
WHERE strlen(name_text) > length(name_text)
