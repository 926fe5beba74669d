"""The trail: what was done, when, by which pseudonym, on which object. Nothing about anybody.

An act inserts its `Evenement`; PostgreSQL alone links it at commit, as a `Maillon` of the chain of
its organisation (0002_chaine.sql, docs/adr/0006-journal.md). No foreign key: a trail outlives what
it tells about. Nothing here is ever updated or deleted, by anybody. The heads are signed, and held
by the other party too (docs/adr/0020).
"""

from relais.journal.models.certificats import Certificat, MoisSupprime
from relais.journal.models.evenements import Chaine, Evenement, EvenementQuerySet, Maillon
from relais.journal.models.mots import SYSTEME, Action, Issue
from relais.journal.models.preuves import ClePublique, FauteDite, Repere, Verdict

__all__ = [
    "SYSTEME",
    "Action",
    "Certificat",
    "Chaine",
    "ClePublique",
    "Evenement",
    "EvenementQuerySet",
    "FauteDite",
    "Issue",
    "Maillon",
    "MoisSupprime",
    "Repere",
    "Verdict",
]
