"""`relais purger [--a-blanc | --verifier | --apres-restauration | --orphelines] [--sans-garde]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.annuaire.models import Organisation
from relais.rgpd import echeances, surveillance
from relais.rgpd.actions import orphelines, purge, rejeu
from relais.socle import horloge
from relais.socle.horloge import PARIS


class Command(BaseCommand):
    help = "Efface maintenant ce qui est échu ; ou le liste, ou dit si l'effacement est en retard."

    def add_arguments(self, parser: CommandParser) -> None:
        choix = parser.add_mutually_exclusive_group()
        choix.add_argument(
            "--a-blanc", action="store_true", help="liste ce qui partirait, n'efface rien"
        )
        choix.add_argument(
            "--verifier",
            action="store_true",
            help="finit en erreur quand aucun passage n'a fini depuis 30 minutes",
        )

        choix.add_argument(
            "--apres-restauration",
            action="store_true",
            help="efface de nouveau ce qu'une base restaurée a fait revenir, avant de servir",
        )
        choix.add_argument(
            "--orphelines",
            action="store_true",
            help="détruit les clés de plus d'un jour dont le document n'est pas dans la base",
        )
        parser.add_argument(
            "--sans-garde",
            action="store_true",
            help="même quand trop de documents n'ont plus de clé, ou trop de clés pas de document",
        )

    def handle(self, *args: Any, sans_garde: bool, **options: Any) -> None:
        if options["a_blanc"]:
            self.lister()
        elif options["verifier"]:
            self.verifier()
        elif options["apres_restauration"]:
            self.rejouer(sans_garde=sans_garde)
        elif options["orphelines"]:
            self.balayer(sans_garde=sans_garde)
        else:
            try:
                effaces = purge.purger_tout(maintenant=horloge.maintenant())
            except ExceptionGroup as erreurs:
                raise CommandError("L'effacement n'est pas allé au bout.") from erreurs
            self.stdout.write(f"Effacés : {effaces}.")

    def lister(self) -> None:
        """One line for each thing that would go: organisation, what, reference, due, rule."""
        total = 0
        for code in Organisation.objects.codes():
            for une in echeances.de(code, maintenant=horloge.maintenant()):
                du_le = f"{une.du_le.astimezone(PARIS):%d/%m/%Y %H:%M}"
                self.stdout.write("\t".join((code, une.quoi, une.reference, du_le, une.regle)))
                total += 1
        self.stdout.write(f"À effacer : {total}. Rien n'a été effacé.")

    def rejouer(self, *, sans_garde: bool) -> None:
        try:
            bilan = rejeu.rejouer_apres_restauration(
                maintenant=horloge.maintenant(), sans_garde=sans_garde
            )
        except rejeu.RejeuSuspect as refus:
            raise CommandError(str(refus)) from refus
        for reference in bilan.perdues:
            self.stdout.write(f"Contenu perdu, à redemander : {reference}")
        self.stdout.write(
            f"Clés détruites de nouveau : {bilan.cles}. Documents sans clé effacés : "
            f"{bilan.lignes}. Échus effacés : {bilan.effaces}."
        )

    def balayer(self, *, sans_garde: bool) -> None:
        constats = orphelines.balayer_tout(maintenant=horloge.maintenant(), sans_garde=sans_garde)
        for un in constats:
            self.stdout.write(f"{un.organisation} : {un.nombre} clé(s) sans document.")
        suspects = [un.organisation for un in constats if un.suspect]
        if suspects and not sans_garde:
            raise CommandError(
                f"Trop de clés sans document pour : {', '.join(suspects)}. La base est sans doute"
                " plus ancienne que le coffre. Rien n'a été détruit."
            )

    def verifier(self) -> None:
        tardives = surveillance.en_retard(maintenant=horloge.maintenant())
        if tardives:
            raise CommandError(f"L'effacement est en retard pour : {', '.join(tardives)}.")
        self.stdout.write("L'effacement tourne.")
