"""Certificates that name the day's domains, from those who watch authorities issue them.

tiles       of the static-CT logs that landed on the day; no look-up
searching   at crt.sh, name by name, within the budget
"""
