-- Kept for arrivals: who the components of the window are.
SELECT component, cluster_id FROM identity
