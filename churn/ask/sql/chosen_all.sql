-- Few are all named.
CREATE TABLE chosen AS FROM hit_domain
