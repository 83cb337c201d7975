-- Outside text made safe to keep: whatever is no letter, mark, number, punctuation, symbol or space becomes U+FFFD; bounded.
CREATE OR REPLACE TEMP MACRO printable_text(outside, longest) AS
    nullif(trim(regexp_replace(left(outside, longest), '[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]', '�', 'g')), '')
