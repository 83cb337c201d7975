-- What changed in a zone belongs to one zone only.
DROP TABLE zone_change
