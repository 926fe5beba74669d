"""`relais equipe creer | lister`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from relais.annuaire.actions import creer_equipe
from relais.annuaire.management.terminal import Analyseur, organisation, phrases, tableau
from relais.annuaire.models import Equipe, Organisation, Territoire


class Command(BaseCommand):
    help = "Les équipes : en créer une, voir celles qui existent."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True, parser_class=Analyseur)
        creer = gestes.add_parser("creer", help="crée une équipe")
        creer.add_argument("--organisation", required=True, help="code de l’organisation (cd35)")
        creer.add_argument("--nom", required=True, help="nom de l’équipe, tel qu’on le lira")
        creer.add_argument("--territoire", help="code du territoire, pour un Département (T1)")
        lister = gestes.add_parser("lister", help="donne les équipes, par organisation")
        lister.add_argument("--organisation", help="celles de cette organisation seulement")

    def handle(self, *args: Any, geste: str, **options: Any) -> None:
        with phrases():
            {"creer": self.creer, "lister": self.lister}[geste](**options)

    def creer(self, *, nom: str, territoire: str | None, **options: Any) -> None:
        sienne = organisation(options["organisation"])
        equipe = creer_equipe(sienne, nom, territoire=_territoire(sienne, territoire))
        self.stdout.write(f"L’équipe « {equipe.nom} » est créée.")

    def lister(self, **options: Any) -> None:
        lues = Equipe.objects.de(organisation(options["organisation"])) if (
            options["organisation"]
        ) else Equipe.objects.all()
        lignes = [
            (une.organisation_id, une.territoire.code if une.territoire else "–", une.nom)
            for une in lues.select_related("territoire").order_by("organisation", "nom")
        ]
        self.stdout.write(tableau(lignes) if lignes else "Il n’y a pas encore d’équipe.")


def _territoire(sienne: Organisation, code: str | None) -> Territoire | None:
    if code is None:
        return None
    siens = {un.code: un for un in sienne.territoires.order_by("code")}
    if code not in siens:
        existants = f" Ceux de {sienne.nom} : {', '.join(siens)}." if siens else ""
        raise SystemExit(f"Le territoire « {code} » n’existe pas.{existants}")
    return siens[code]
