"""How lists are had: one module per way. Each lands bytes as served, and reads no more of them than it must.

http       one request, wary of everything (used by all others that speak HTTP)
single     one content a day: a URL, a path or an inbox
misp_feed  a MISP feed's manifest, and the events that changed
taxii      the pages of a TAXII 2.1 collection since the last visit
czds       the zone files of ICANN's Centralized Zone Data Service
axfr       zone transfers (`dns_answers`, `dns_records`: the messages that they are made of)
zones      what both make of a visit to many zones, each on its own
ct_log     the tiles of a static-CT log since the last visit
"""
