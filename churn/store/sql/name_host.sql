-- The host in outside text, step by step as `churn.names.normalise` takes it. For ASCII text only.
CREATE OR REPLACE TEMP MACRO name_host(outside) AS
    regexp_replace(
        regexp_replace(
            split_part(
                regexp_extract(
                    regexp_replace(
                        replace(
                            replace(
                                replace(
                                    replace(
                                        trim(outside, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31) || ' '),
                                        '[.]', '.'
                                    ),
                                    '(.)', '.'
                                ),
                                '[:]', ':'
                            ),
                            '[://]', '://'
                        ),
                        '^[a-zA-Z][a-zA-Z0-9+.-]*://', ''
                    ),
                    '^[^/?#\\]*'
                ),
                '@', -1
            ),
            ':[0-9]{0,5}$', ''
        ).lower(),
        '\.$', ''
    )
