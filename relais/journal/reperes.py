"""Checkpoints: the head of a chain, signed, and what an organisation verifies of those it holds."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection

from relais.coffre.signatures import signataire
from relais.journal import chaine, verificateur
from relais.journal.cles import publier, publiques
from relais.journal.models import Repere, Verdict
from relais.journal.mur import pour
from relais.journal.verificateur import Anomalie, Constat, Defaut, Tete

PERIODE = timedelta(hours=1)
TOLERANCE = timedelta(hours=2)
# A signature or a digest that is false stays false; the rest is told once, when it happens.
DURABLES = {Defaut.SIGNATURE, Defaut.ALTERE, Defaut.DESORDRE}


def signer(organisation: str) -> Repere:
    """Sign the head of that chain as it stands, an empty one too; the database gives the time.

    The caller may lay it for the other party in the same transaction, inside `pour(organisation)`.
    Raises CoffreIndisponible, and writes nothing, without the key.
    """
    with pour(organisation):
        cle = signataire(organisation)
        nom = publier(organisation, cle)
        instant, dernier = _prendre_la_plume(organisation)
        tete = chaine.tete(organisation)
        repere = verificateur.Repere(dernier + 1, tete, instant, nom)
        return Repere.objects.create(
            detenteur=organisation,
            organisation=organisation,
            numero=repere.numero,
            sequence=tete.sequence,
            empreinte=tete.empreinte,
            signe_le=instant,
            cle=repere.cle,
            signature=cle.signer(verificateur.message_du_repere(organisation, repere)),
        )


def verifier_la_chaine(organisation: str, *, maintenant: datetime) -> Verdict:
    """Recompute the chain of `organisation` against all the heads it signed; keep the verdict."""
    with pour(organisation):
        tenus = lire(Repere.objects.de(organisation))
        # A checkpoint whose links were dropped at the end of their time proves the next ones.
        constat = chaine.verifier(organisation, reperes=[repere.tete for repere in tenus])
        cles = publiques(organisation)
        anomalies = [
            *verificateur.controler_mois(organisation, chaine.supprimes(organisation), cles),
            *constat.anomalies,
            *verificateur.controler_reperes(organisation, tenus, cles),
        ]
        return _juger(organisation, organisation, anomalies, tenus, constat, maintenant)


def verifier_les_recus(
    organisation: str, de: str, *, attendus_depuis: datetime, maintenant: datetime
) -> Verdict:
    """What `organisation` can tell of the chain of `de` by the checkpoints laid here.

    `attendus_depuis`: since when there should be some. Kept as a verdict.
    """
    with pour(organisation):
        tenus = lire(Repere.objects.de(de))
        dernier = Verdict.objects.sur(de).first()
        vus = dernier.dernier if dernier else 0
        trouvees = [
            *verificateur.controler_reperes(de, tenus, publiques(de)),
            *_changements_de_cle(tenus),
            *_retards(tenus, attendus_depuis, maintenant),
        ]
        anomalies = [a for a in trouvees if a.defaut in DURABLES or a.sequence > vus]
        return _juger(organisation, de, anomalies, tenus, Constat(0, Tete(), ()), maintenant)


def lire(reperes: Iterable[Repere]) -> list[verificateur.Repere]:
    """The rows as the verifier reads them."""
    return [
        verificateur.Repere(
            un.numero,
            Tete(un.sequence, bytes(un.empreinte)),
            un.signe_le,
            un.cle,
            bytes(un.signature),
        )
        for un in reperes
    ]


def _juger(
    organisation: str,
    de: str,
    anomalies: list[Anomalie],
    tenus: list[verificateur.Repere],
    constat: Constat,
    maintenant: datetime,
) -> Verdict:
    premiere = anomalies[0] if anomalies else None
    return Verdict.objects.create(
        organisation=organisation,
        chaine=de,
        faite_le=maintenant,
        actes=constat.nombre,
        reperes=len(tenus),
        dernier=tenus[-1].numero if tenus else 0,
        defaut=premiere.defaut if premiere else "",
        ou=premiere.sequence if premiere else 0,
    )


def _changements_de_cle(reperes: list[verificateur.Repere]) -> Iterator[Anomalie]:
    for avant, repere in pairwise(reperes):
        if repere.cle != avant.cle:
            yield Anomalie(Defaut.CLE, repere.numero)


def _retards(
    reperes: list[verificateur.Repere], attendus_depuis: datetime, maintenant: datetime
) -> Iterator[Anomalie]:
    """A checkpoint missing more than two hours after it was due, told under its number."""
    avant = attendus_depuis
    for repere in reperes:
        if repere.signe_le - avant > PERIODE + TOLERANCE:
            yield Anomalie(Defaut.RETARD, repere.numero)
        avant = repere.signe_le
    if maintenant - avant > PERIODE + TOLERANCE:
        yield Anomalie(Defaut.RETARD, reperes[-1].numero + 1 if reperes else 1)


def _prendre_la_plume(organisation: str) -> tuple[datetime, int]:
    """One signature at a time for each chain: the database clock, and the last number."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"repere:{organisation}"]
        )
        curseur.execute(
            "SELECT clock_timestamp(), coalesce(max(numero), 0) FROM journal_repere"
            " WHERE detenteur = %s AND organisation = %s",
            [organisation, organisation],
        )
        instant, dernier = curseur.fetchone()
    return instant, dernier
