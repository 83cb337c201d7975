-- Names whose host was asked for its certificate on the day.
SELECT DISTINCT domain FROM lookup WHERE day = $day AND kind = 'tls'
