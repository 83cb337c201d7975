"""Associate: within a registrar's own portfolio, which domains go with a reported one (ICANN: associated-domain check).

    columns      the columns of a portfolio
    portfolio    reading it: CSV, Parquet, NDJSON
    reported     which domains were reported
    fields       in what two domains can be alike
    check        the method, in its order; each step is a query of the same name in `sql`
    score        how probable it is that one holder has both
    cautions     associated is not guilty, and why it may be wrong
    answer       the record of what was found
    desk         the answer as a table for an abuse desk

What doesn't belong here: linking what the feeds bring (link), which sees all registrars and none of their books.
"""

from churn.associate.answer import Answer
from churn.associate.check import AT_LEAST, check, known_of
from churn.associate.desk import write_answer
from churn.associate.reported import Reported, ReportedList, reported_of

__all__ = ["AT_LEAST", "Answer", "Reported", "ReportedList", "check", "known_of", "reported_of", "write_answer"]
