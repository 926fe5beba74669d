"""Both bases: one template with all that is open, copied twice, then filled with closed fiches."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.management import call_command

from relais.socle import horloge
from relais.socle.postgres import Serveur
from tests import banc
from tests.bench import fiches, index, remplissage
from tests.bench.decor import Decor, planter

Dire = Callable[[str], None]


def statique() -> None:
    """Style sheets under their hashed names, as they are served."""
    call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def bases(
    serveur: Serveur, session: Path, tailles: tuple[int, ...], *, dire: Dire
) -> Iterator[tuple[Decor, list[banc.Base]]]:
    """A base for each size, on a server that from then on writes for good (fsync)."""
    modele = banc.Base(banc.MODELE, session / banc.MODELE, serveur)
    maintenant = horloge.maintenant()
    with banc.branche_sur(modele):
        dire(f"{fiches.EN_COURS} fiches en cours, leurs clés et leurs brouillons…")
        decor = planter(maintenant)
        carnet, dernier_tour = fiches.en_cours(decor, maintenant)
        remplissage.remplir(modele, [carnet])
        fiches.a_envoyer(decor, maintenant)
    with ExitStack() as pile:
        remplies = []
        for taille in tailles:
            nom = f"bench_{taille}"
            base = pile.enter_context(banc.copie(serveur, session, nom, session / nom))
            debut = time.monotonic()
            carnets = fiches.closes(
                decor, taille - fiches.EN_COURS, maintenant, premier_tour=dernier_tour
            )
            remplissage.remplir(base, carnets)
            index.indexer(base)
            dire(f"{taille} fiches en base en {time.monotonic() - debut:.0f} s")
            remplies.append(base)
        serveur.arreter()
        serveur.sur = True
        serveur.demarrer()
        yield decor, remplies
