-- Step 4a. The domains of the kept pairs whose rarer value is of one field (`driver` in the view `driven_by`, which has what else a
-- domain shares): they hold that value, and the other one.
SELECT joint.joint_id, driven_by.id
FROM joint
INNER JOIN driven_by ON driven_by.driver = joint.driver
WHERE joint.driver_field = $field
    AND joint.other = CASE joint.other_field
        WHEN 0 THEN driven_by.registrant_email
        WHEN 1 THEN driven_by.registrant_phone
        WHEN 2 THEN driven_by.registrant_org
        WHEN 3 THEN driven_by.created_minute
        WHEN 4 THEN driven_by.name_servers
        WHEN 5 THEN driven_by.address
        WHEN 6 THEN driven_by.prefix
        WHEN 7 THEN driven_by.mail_exchangers
        WHEN 8 THEN driven_by.soa_mailbox
        WHEN 9 THEN driven_by.certificate_key
        WHEN 10 THEN driven_by.skeleton
        WHEN 11 THEN driven_by.stem
        WHEN 12 THEN driven_by.template
        WHEN 13 THEN driven_by.word
        WHEN 14 THEN driven_by.series
        WHEN 15 THEN driven_by.batch
        WHEN 16 THEN driven_by.arrival_day
    END
