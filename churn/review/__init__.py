"""Review: read the reports and give verdicts in a browser, on this machine only.

    gate          who may come in: host, token, cookie; what every answer carries
    routes        the pages and the form that they send
    reading       what the pages show, from the published copy and the ledger
    reports       the files of the reports, as they are
    serving       the server, on 127.0.0.1, until interrupted

Server-rendered pages, without scripts. What belongs here: the page. What doesn't: what a verdict is and whether it
makes sense (`churn.ask`), and the report itself.
"""

from churn.review.gate import Keys
from churn.review.routes import application
from churn.review.serving import serve

__all__ = ["Keys", "application", "serve"]
