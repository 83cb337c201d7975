-- Records of the names that the registries are asked about again.
SELECT *
FROM check_registration
SEMI JOIN (SELECT domain FROM check_asked WHERE kind = 'rdap') AS asked USING (domain)
