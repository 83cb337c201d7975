-- Where the domains of networks' packets are, and who announces that.
SELECT place.*
FROM place
SEMI JOIN recipient ON recipient.scope = 'network' AND recipient.recipient = place.recipient
ORDER BY domain, address, asn
