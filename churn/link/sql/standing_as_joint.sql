-- Arrivals 3. The same, as pairs among others.
SELECT joint_id, u, v, domains, expected, surprise, driver, other, driver_field, other_field FROM standing_joint
