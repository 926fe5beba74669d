"""`python -m tests.bench.enregistrer [households]`: storing a caseload, beside the bare writing.

Half of the households are couples, everybody is within the horizon: the worst month is the first.
Never fails for a figure.
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import uuid4

from tests import banc

FOYERS, SECONDES, RATIO = 20_000, 60.0, 4.0
LOT = 500
NOVEMBRE, DECEMBRE = date(2026, 11, 1), date(2026, 12, 1)
QUI = "cd35"


def main(foyers: int) -> None:
    session = banc.preparer_environnement()
    import django

    django.setup()
    try:
        serveur = banc.modele_pret(session)
        with (
            banc.copie(serveur, session, "repertoire", session / "repertoire") as base,
            banc.branche_sur(base),
        ):
            _mesurer(foyers)
    finally:
        banc.fermer(session)


def _mesurer(foyers: int) -> None:
    from tests.personas import creer_personas

    creer_personas()
    lots = generer(foyers)
    personnes = sum(map(len, lots))
    calcul = time.process_time()
    premier = _duree(lambda: _enregistrer(lots, NOVEMBRE))
    calcul = time.process_time() - calcul
    second = _duree(lambda: _enregistrer(lots, DECEMBRE))
    nu = _duree(lambda: _ecrire_seulement(lots))
    print(f"\nEnregistrer {foyers} foyers, {personnes} personnes, par lots de {LOT}")
    _dire("clés, chiffrement et écriture seuls", f"{nu:8.2f} s")
    _dire(f"premier mois (but ≤ {SECONDES:.0f})", f"{premier:8.2f} s", premier <= SECONDES)
    _dire("dont calcul, hors PostgreSQL et attente", f"{calcul:8.2f} s")
    _dire("mois suivant, sans changement", f"{second:8.2f} s")
    _dire(f"rapport à l’écriture seule (but ≤ {RATIO:.0f})", f"{premier / nu:8.1f}",
          premier / nu <= RATIO)  # fmt: skip
    print(f"Charge de la machine ({os.cpu_count()} cœurs) : {os.getloadavg()[0]:.1f}")


def generer(foyers: int) -> list[list[object]]:
    """Lots of fictitious people, households whole."""
    from relais.reperage.actions.enregistrement import Recue
    from tests.reperage.personnes import NOE, ODE, nir

    hasard, recues, lots = Random(35), [], []
    for foyer in range(1, foyers + 1):
        for rang, modele in enumerate((ODE, NOE)[: 1 + foyer % 2]):
            nee = date(1956, 1, 1) + timedelta(days=hasard.randrange(2500))
            corps = f"{2 - rang}{nee:%y%m}35{1 + foyer % 352:03}{1 + foyer // 352 % 999:03}"
            nom = f"Essai{foyer:x}".translate(str.maketrans("0123456789", "ghijklmnop"))
            # A name in use of her own too: one for all made most of them homonyms of one day.
            usage = f"{nom}usage" if modele.identite.nom_usage else ""
            identite = replace(
                modele.identite, naissance=nee, nir=nir(corps), nom_naissance=nom, nom_usage=usage
            )
            recues.append(Recue(replace(modele, identite=identite), foyer))
        if len(recues) >= LOT:
            lots.append(recues)
            recues = []
    return [*lots, recues] if recues else lots


def _enregistrer(lots: list[list[object]], au: date) -> None:
    from relais.annuaire.contexte import contexte_systeme
    from relais.annuaire.conventions import regles_de_l_organisation
    from relais.reperage.actions import enregistrement
    from tests.reperage.personnes import FLUX

    convention = regles_de_l_organisation(QUI)
    for lot in lots:
        with contexte_systeme(QUI):
            enregistrement.enregistrer(
                QUI,
                lot,  # type: ignore[arg-type]
                source=FLUX,
                au=au,
                convention=convention,  # type: ignore[arg-type]
                maintenant=datetime(2026, 12, 1, 9, tzinfo=UTC),
            )


def _ecrire_seulement(lots: list[list[object]]) -> None:
    """What cannot be avoided: a key and its tags, a sealed document, a row, for each person."""
    from relais.annuaire.contexte import contexte_systeme
    from relais.coffre.actions import Genre, Index, creer_cles, sceller_plusieurs
    from relais.reperage.models import Personne

    for lot in lots:
        with contexte_systeme(QUI):
            documents = [(uuid4(), un.dossier.en_octets(), un.dossier.identite) for un in lot]  # type: ignore[attr-defined]
            index = [
                (pk, Index(nir=lui.nir[:13], noms=lui.noms, publics=("63+",)))
                for pk, _, lui in documents
            ]
            creer_cles(Genre.PERSONNE, index, organisation=QUI)
            scelles = sceller_plusieurs(
                Genre.PERSONNE, [(pk, clair) for pk, clair, _ in documents], organisation=QUI
            )
            Personne.objects.bulk_create(
                Personne(
                    id=pk,
                    organisation_id=QUI,
                    urgence=4,
                    document=scelle,
                    vue_le=NOVEMBRE,
                    examinee_le=NOVEMBRE,
                    creee_le=datetime(2026, 11, 1, tzinfo=UTC),
                    compte_du=NOVEMBRE,
                    a_purger_le=datetime(2027, 11, 1, tzinfo=UTC),
                )
                for pk, scelle in scelles.items()
            )


def _duree(geste: Callable[[], object]) -> float:
    debut = time.perf_counter()
    geste()
    return time.perf_counter() - debut


def _dire(nom: str, valeur: str, tenu: bool = True) -> None:
    print(f"{nom:<48}{valeur}{'' if tenu else '   MANQUE'}".replace(".", ","))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FOYERS)
