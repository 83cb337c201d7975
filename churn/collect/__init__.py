"""Collect: the bytes of the feeds land untouched and become sightings; lists that people bring are imported.

A day of a feed, in the order of its steps:

feeds        which lists there are: the file of feeds and the catalogue; `credentials` are kept elsewhere
visit        one feed on one day: what has landed, what came before, asking, landing
obtain       is it time to ask? then by one of the `transports`; bytes land as served
unpack       gzip and zip, within limits
formats      landed bytes to text `entries`; the table of formats says which transport and which reader
feed_day     entries to sightings, rejects and the feed's day
gate         may the day go on with it; `claims` is the day that a content says it is of
stage        all feeds of a day

importing    `churn import`: files that people bring
overview     `churn feeds`
"""

from churn.collect.importing import import_files
from churn.collect.stage import check_gates, collect_feed, feed_names, run

__all__ = ["check_gates", "collect_feed", "feed_names", "import_files", "run"]
