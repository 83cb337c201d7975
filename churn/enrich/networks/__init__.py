"""Whose an IP address is: announced prefix, origin AS, its name and country.

table     networks by prefix, and the most specific one that holds an address
files     an operator's own table, in the formats in which such tables are published
filling   columns of `hosting` by what is known of its addresses
"""

from churn.enrich.networks.files import NetworkFile, read_network_file, read_network_table
from churn.enrich.networks.filling import addresses_of, filled
from churn.enrich.networks.table import Gathering, Network, NetworkTable, Whose

__all__ = [
    "Gathering",
    "Network",
    "NetworkFile",
    "NetworkTable",
    "Whose",
    "addresses_of",
    "filled",
    "read_network_file",
    "read_network_table",
]
