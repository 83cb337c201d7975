-- Networks of which a regional registry answered lately.
SELECT DISTINCT prefix FROM network WHERE source = 'rdap' AND observed_at >= $since
