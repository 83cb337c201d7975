-- Why a host is no domain name, in the words of `churn.names`; null where it is one.
CREATE OR REPLACE TEMP MACRO name_fault(host) AS
    CASE
        WHEN strlen(host) > 253 THEN 'longer than 253 octets'
        WHEN NOT contains(host, '.') THEN 'has no dot'
        WHEN
            NOT regexp_full_match(host, '[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+')
            OR (strlen(host) > 63 AND regexp_matches(host, '[^.]{64}'))
            THEN 'a label is empty, too long, or holds a character that no host name has'
        WHEN regexp_matches(host, '\.[0-9]+$') THEN 'an IP address, or a numeric top-level domain'
    END
