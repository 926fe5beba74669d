"""Checkpoints: the head of a chain, signed, and what an organisation verifies of those it holds."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection

from relais.coffre.signatures import signataire
from relais.journal import chaine, verificateur
from relais.journal.chaine import PAR_LOT
from relais.journal.cles import publier, publiques
from relais.journal.models import FauteDite, Repere, Verdict
from relais.journal.mur import pour
from relais.journal.verificateur import Anomalie, Constat, Defaut, Tete

PERIODE = timedelta(hours=1)
TOLERANCE = timedelta(hours=2)
# What is false stays false, what is gone stays gone; the rest is told once, when it happens.
DURABLES = {
    *(Defaut.SIGNATURE, Defaut.ALTERE, Defaut.DESORDRE),
    *(Defaut.CONTREDIT, Defaut.DISPARU),
}


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
    """Recompute the chain of `organisation` against all the heads it signed; keep the verdict.

    Those that the other party holds count as much as its own.
    """
    with pour(organisation):
        tenus = lire(Repere.objects.de(organisation))
        # A checkpoint whose links were dropped at the end of their time proves the next ones.
        constat = chaine.verifier(organisation, reperes=[repere.tete for repere in tenus])
        cles = publiques(organisation)
        anomalies = [
            *verificateur.controler_mois(organisation, chaine.supprimes(organisation), cles),
            *constat.anomalies,
            *verificateur.controler_reperes(organisation, tenus, cles),
            *_confronter(organisation),
            *_disparus(organisation, tenus),
        ]
        dites = _dites(organisation, organisation)
        return _juger(organisation, organisation, anomalies, dites, tenus, constat, maintenant)


def verifier_les_recus(
    organisation: str, de: str, *, attendus_depuis: datetime, maintenant: datetime
) -> Verdict:
    """What `organisation` can tell of the chain of `de` by the checkpoints laid here.

    The chain itself is compared with them by the database, which shows nothing of it.
    `attendus_depuis`: since when there should be some. Kept as a verdict.
    """
    with pour(organisation):
        tenus = lire(Repere.objects.de(de))
        trouvees = [
            *verificateur.controler_reperes(de, tenus, publiques(de)),
            *_confronter(de, sienne=False),
            *_disparus(de, tenus),
            *_changements_de_cle(tenus),
            *_retards(tenus, attendus_depuis, maintenant),
        ]
        dites = _dites(organisation, de)
        dernier = _dernier(tenus).numero
        anomalies = [
            a
            for a in trouvees
            if a.defaut in DURABLES or a not in dites or a.sequence > dernier  # it lasts
        ]
        constat = Constat(0, Tete(), ())
        return _juger(organisation, de, anomalies, dites, tenus, constat, maintenant)


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
    dites: set[Anomalie],
    tenus: list[verificateur.Repere],
    constat: Constat,
    maintenant: datetime,
) -> Verdict:
    """Keep what was found, what was not told yet before the rest, and remember it as told."""
    nouvelles = [anomalie for anomalie in dict.fromkeys(anomalies) if anomalie not in dites]
    premiere = next(iter([*nouvelles, *anomalies]), None)
    avant = Verdict.objects.sur(de).first()
    revenue = premiere is not None and avant is not None and not avant.defaut
    dernier = _dernier(tenus)
    _retenir(organisation, de, nouvelles, maintenant)
    return Verdict.objects.create(
        organisation=organisation,
        chaine=de,
        faite_le=maintenant,
        actes=constat.nombre,
        reperes=len(tenus),
        dernier=dernier.numero,
        empreinte=dernier.tete.empreinte if tenus else b"",
        defaut=premiere.defaut if premiere else "",
        ou=premiere.sequence if premiere else 0,
        nouveau=bool(nouvelles) or revenue,
    )


def _retenir(organisation: str, de: str, nouvelles: list[Anomalie], maintenant: datetime) -> None:
    FauteDite.objects.bulk_create(
        [
            FauteDite(
                organisation=organisation,
                chaine=de,
                defaut=une.defaut,
                ou=une.sequence,
                vue_le=maintenant,
            )
            for une in nouvelles
        ],
        batch_size=PAR_LOT,
    )


def _dites(organisation: str, de: str) -> set[Anomalie]:
    """The faults of that chain that were told, inside the wall of `organisation`."""
    dites = FauteDite.objects.filter(organisation=organisation, chaine=de)
    return {Anomalie(Defaut(defaut), ou) for defaut, ou in dites.values_list("defaut", "ou")}


def _dernier(tenus: list[verificateur.Repere]) -> verificateur.Repere:
    """The last checkpoint held; without one, of number 0."""
    return tenus[-1] if tenus else verificateur.Repere(0, Tete(), verificateur.EPOQUE, "")


def _confronter(de: str, *, sienne: bool = True) -> list[Anomalie]:
    """The heads of `de` held by others that it contradicts; not `sienne`: those held here alone.

    Each under its number; of an act of one's own chain, under its sequence.
    """
    with connection.cursor() as curseur:
        curseur.execute("SELECT numero, sequence, verdict FROM confronter_reperes(%s)", [de])
        trouves = [(numero, sequence, Defaut(dit)) for numero, sequence, dit in curseur.fetchall()]
    return [
        Anomalie(defaut, sequence if sienne and defaut == Defaut.CONTREDIT else numero)
        for numero, sequence, defaut in trouves
    ]


def _disparus(de: str, tenus: list[verificateur.Repere]) -> Iterator[Anomalie]:
    """Those that a verification saw last, and that are no longer held as they were."""
    tenues = {repere.numero: repere.tete.empreinte for repere in tenus}
    for numero, empreinte in Verdict.objects.reperes_vus(de):
        tenue = tenues.get(numero)
        if tenue is None or (empreinte and tenue != empreinte):
            yield Anomalie(Defaut.DISPARU, numero)


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
            "SELECT clock_timestamp(), dernier_repere()"  # a number laid is never given again
        )
        instant, dernier = curseur.fetchone()
    return instant, dernier
