"""Collect: the bytes of the feeds land untouched and become sightings; lists that people bring are imported.

feeds       which lists there are: the file of feeds
obtain      their bytes of a day: landed, fetched (`fetch`), from a path or an inbox
unpack      gzip and zip, within limits
name_lists, csv_lists   bytes to entries
feed_day    entries to sightings, rejects and the feed's day
gate        may the day go on with it
importing   `churn import`
stage       all feeds of a day
"""

from churn.collect.importing import import_files
from churn.collect.stage import check_gates, collect_feed, feed_names, run

__all__ = ["check_gates", "collect_feed", "feed_names", "import_files", "run"]
