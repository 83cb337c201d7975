"""How probable it is that a domain of a portfolio is held by whoever holds a reported one.

What belongs here: the coefficients of the logistic model and what they were fitted on. What doesn't: how the features
come out of what is shared (`sql/feature.sql`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """Log-odds of a pair: `constant`, and each feature times its coefficient.

    - `crowd`: ln of how many domains of the book have the rarest trait of a customer that both share (account, payment,
      contact, access); of all domains where they share none. `reseller`: by how much that is beyond ln 1,000.
    - `customer`, `registration`, `infrastructure`, `naming`, `listing`: 1 where they share a value of the family.
    - `*_nats`: how surprising that value is, at most `most_nats`: ln of how many times fewer of the customer's domains
      (where they share no customer, of the book's) have it.
    - `lift`: ln of how many times more of the other reported domains have a shared value than chance gives it.
    - `other_account`: 1 where the accounts differ; `other_contact`: 1 where the contacts differ within one account.
    - `days_apart`: ln(1 + days between their creations) where they share no customer, `days_apart_within` where they
      do.
    """

    constant: float
    crowd: float
    reseller: float
    customer: float
    registration: float
    infrastructure: float
    naming: float
    listing: float
    registration_nats: float
    infrastructure_nats: float
    naming_nats: float
    listing_nats: float
    lift: float
    other_account: float
    other_contact: float
    days_apart: float
    days_apart_within: float
    most_nats: float = 8.0


MODEL = Model(
    constant=1.0,
    crowd=-0.8,
    reseller=-1.0,
    customer=1.0,
    registration=1.5,
    infrastructure=0.5,
    naming=0.5,
    listing=2.0,
    registration_nats=0.7,
    infrastructure_nats=0.7,
    naming_nats=0.5,
    listing_nats=0.7,
    lift=0.5,
    other_account=-1.0,
    other_contact=-0.5,
    days_apart=-0.2,
    days_apart_within=-0.2,
)
