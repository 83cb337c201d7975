-- The rules of the public suffix list, spelled as A-labels: a name that ends in `suffix` has a public suffix of `reach`
-- labels where it is that name itself (null: no rule is about it), of `reach_below` where it goes on to the left.
CREATE OR REPLACE TEMP TABLE suffix_rule AS SELECT * FROM rules
