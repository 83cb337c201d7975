"""Share: clusters of a day for the platforms of analysts, marked, encrypted and recorded.

    reading         out of the published copy, as of a day
    records         what is shared, before any format
    identities      UUIDs that last
    stix_objects    STIX 2.1, one object at a time
    stix_bundle     a cluster as STIX bundles
    taxii_folder    these as a TAXII 2.1 API root of files
    misp_objects    a domain as MISP objects
    misp_event      a cluster as MISP events, and their feed
    member_list     a cluster as CSV
    recipients      who may be sent what
    sealing         encryption to a recipient
    out_folder      where plain or sealed files go
    exporting       the deed, and its audit row

Whatever the format, reported domains and those that are merely related to them stand apart. Nothing is sent: files are
written to a folder, for a person to hand on.
"""

from churn.share.exporting import FORMATS, Export, Order, export

__all__ = ["FORMATS", "Export", "Order", "export"]
