-- The rows of an import with the names that they hold.
FROM named('checked')
