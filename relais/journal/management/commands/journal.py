"""`relais journal cles | exporter | certificats`; `verifier` needs no base (verificateur.py)."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.coffre.erreurs import CoffreErreur
from relais.journal import certificats, export
from relais.journal.models import ClePublique
from relais.journal.verificateur import TOUT
from relais.socle import horloge
from relais.socle.horloge import PARIS, minuit


class Command(BaseCommand):
    help = "Le journal : donner les clés publiques, exporter une chaîne, en vérifier un export."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True)
        cles = gestes.add_parser("cles", help="donne les clés publiques des signatures")
        cles.add_argument("--organisation", help="d'une seule organisation")
        certificats = gestes.add_parser("certificats", help="vérifie les certificats d'effacement")
        certificats.add_argument("--organisation", required=True, help="son code")
        exporter = gestes.add_parser("exporter", help="écrit une chaîne dans un fichier scellé")
        exporter.add_argument("--organisation", required=True, help="son code, ou « relais »")
        exporter.add_argument("--du", type=_jour, help="premier jour (AAAA-MM-JJ)")
        exporter.add_argument("--au", type=_jour, help="dernier jour, compris (AAAA-MM-JJ)")
        exporter.add_argument("--vers", type=Path, help="fichier à créer, ici par défaut")

    def handle(self, *args: Any, geste: str, **options: Any) -> None:
        try:
            GESTES[geste](self, options)
        except CoffreErreur as erreur:
            raise CommandError(str(erreur)) from erreur

    def cles(self, options: dict[str, Any]) -> None:
        """One line a key; what a verifier takes as it is."""
        for une in ClePublique.objects.order_by("organisation", "vue_le"):
            if options["organisation"] in (None, une.organisation):
                vue = une.vue_le.astimezone(PARIS)
                self.stdout.write(
                    f"{bytes(une.publique).hex()}  {une.organisation}  {une.identifiant}"
                    f"  vue le {vue:%d/%m/%Y}"
                )

    def certificats(self, options: dict[str, Any]) -> None:
        vus, faux = certificats.verifier(options["organisation"])
        for un in faux:
            self.stdout.write(f"Signature fausse : {un.pk}, {un.genre} {un.objet_id}")
        if faux:
            raise CommandError(f"{len(faux)} certificat(s) sur {vus} ne sont pas authentiques.")
        self.stdout.write(f"{vus} certificat(s), tous authentiques.")

    def exporter(self, options: dict[str, Any]) -> None:
        debut = minuit(options["du"]) if options["du"] else TOUT
        fin = minuit((options["au"] or horloge.aujourd_hui()) + timedelta(days=1))
        cible = options["vers"] or Path(f"journal-{options['organisation']}-{fin:%Y-%m-%d}.jsonl")
        try:
            nombre = _ecrire(cible, options["organisation"], debut, fin)
        except export.JournalVide:
            raise CommandError("Aucun acte de cette organisation dans cette période.") from None
        except OSError as erreur:
            raise CommandError(f"« {cible} » n'a pas été écrit : {erreur.strerror}.") from erreur
        self.stdout.write(f"{nombre} actes exportés dans {cible}")


GESTES = {
    "cles": Command.cles,
    "certificats": Command.certificats,
    "exporter": Command.exporter,
}


def _ecrire(cible: Path, organisation: str, debut: datetime, fin: datetime) -> int:
    """The whole file under its name or none; never over another one."""
    ebauche = cible.with_name(f".{cible.name}.{os.getpid()}")
    try:
        descripteur = os.open(ebauche, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descripteur, "wb") as vers:
            nombre = export.exporter(organisation, du=debut, au=fin, vers=vers)
        os.link(ebauche, cible)
    finally:
        ebauche.unlink(missing_ok=True)
    return nombre


def _jour(texte: str) -> date:
    return date.fromisoformat(texte)
