-- One cluster over all its days.
SELECT * FROM cluster WHERE cluster_id = $cluster_id
