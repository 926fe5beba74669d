"""`relais bordereau --organisation CODE --du AAAA-MM-JJ --au AAAA-MM-JJ [--csv FICHIER]`."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.annuaire.models import Organisation
from relais.rgpd import bordereau


class Command(BaseCommand):
    help = "Écrit le bordereau d'élimination des archives d'une organisation, règle par règle."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", required=True, help="son code, comme cd35")
        parser.add_argument("--du", required=True, type=date.fromisoformat, help="AAAA-MM-JJ")
        parser.add_argument("--au", required=True, type=date.fromisoformat, help="AAAA-MM-JJ")
        parser.add_argument("--csv", type=Path, help="fichier CSV à écrire, au lieu de l'écran")

    def handle(
        self,
        *args: Any,
        organisation: str,
        du: date,
        au: date,
        csv: Path | None,
        **options: Any,
    ) -> None:
        if not Organisation.objects.filter(code=organisation).exists():
            raise CommandError(f"Aucune organisation n'a le code « {organisation} ».")
        if au < du:
            raise CommandError("« --au » est avant « --du ».")
        lignes = bordereau.etablir(organisation, du=du, au=au)
        if csv is not None:
            csv.write_bytes(bordereau.en_csv(lignes))
            self.stdout.write(f"Bordereau écrit : {csv}")
            return
        self.stdout.write(f"Bordereau de {organisation}, du {du:%d/%m/%Y} au {au:%d/%m/%Y}")
        self.stdout.write(bordereau.en_colonnes(lignes))
