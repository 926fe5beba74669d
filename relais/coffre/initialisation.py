"""First installation: folders, root key, file, first KEK. The only place that makes a root key."""

import os
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command

from relais.coffre import controle, copies, magasin, racine
from relais.coffre.erreurs import CoffreAbsent, CoffreErreur
from relais.coffre.models import Kek, Magasin
from relais.coffre.routage import ALIAS
from relais.coffre.trousseau import Trousseau
from relais.socle import horloge
from relais.socle.disque import graver


def initialiser() -> None:
    """Make what is missing, bring the tables up to date, then check all of it (SystemExit).

    Safe to repeat and to kill. Refuses (CommandError), and makes nothing, where a root key or a
    store was lost.
    """
    try:
        _faire_ce_qui_manque()
    except CoffreErreur as erreur:
        raise CommandError(str(erreur)) from erreur
    controle.verifier_magasin()


def _faire_ce_qui_manque() -> None:
    _refuser_une_perte()
    for dossier in (magasin.chemin().parent, Path(settings.COFFRE_COPIES), racine.chemin().parent):
        dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not racine.chemin().exists():
        racine.creer()
    _creer_fichier(magasin.chemin())
    call_command("migrate", database=ALIAS, interactive=False, verbosity=0, skip_checks=True)
    _amorcer()


def _refuser_une_perte() -> None:
    """A store that served has minute copies; a store with a KEK needs the root key that made it."""
    perdu = _sans_kek()
    if perdu and copies.toutes():
        raise CoffreAbsent
    if not perdu:
        racine.lire()


def _sans_kek() -> bool:
    try:
        with magasin.lecture():
            return not Kek.objects.exists()
    except CoffreAbsent:
        return True


def _creer_fichier(fichier: Path) -> None:
    """An empty file that nobody else may read; SQLite gives its journal the same mode."""
    with suppress(FileExistsError):
        os.close(os.open(fichier, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        graver(fichier.parent)


def _amorcer() -> None:
    maintenant = horloge.maintenant()
    with magasin.ecriture():
        Magasin.objects.get_or_create(
            pk=1, defaults={"identite": uuid.uuid4(), "cree_le": maintenant}
        )
        if not Kek.objects.exists():
            Kek.objects.create(
                generation=1, enveloppe=Trousseau().nouvelle_kek(1), creee_le=maintenant
            )
