"""The questions the platform asks, one folder each; a new one is a folder and a word here.

Importing this starts no engine: a domain imports what it runs when it is asked to.
"""

from __future__ import annotations

from jobs.alerting.domain import Domain
from jobs.domains.low_price.domain import LOW_PRICE
from jobs.domains.supply_chain.domain import SUPPLY_CHAIN

DOMAINS: tuple[Domain, ...] = (SUPPLY_CHAIN, LOW_PRICE)
