"""`relais restaurer DOSSIER [--confirmer]`, `relais restaurer --oublier [--confirmer]`."""

from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.coffre.erreurs import CoffreErreur
from relais.rgpd import bases_de_cote, sauvegardes
from relais.rgpd.actions import bases_de_cote as actions
from relais.rgpd.actions import restauration
from relais.rgpd.actions.restauration import MigrationImpossible, MiseEnPlace
from relais.rgpd.sauvegardes import SauvegardeRefusee
from relais.socle import horloge
from relais.socle.exploitation import ReglageManquant
from relais.socle.horloge import PARIS
from relais.socle.presence import ServicePresent
from relais.socle.vidage import VidageImpossible

ECHEC, REFUS, A_REJOUER = 1, 3, 4
TOURNE = (
    "Le service tourne encore, ou une autre restauration : arrêtez « relais servir » et "
    "« relais ouvrier »."
)


class Command(BaseCommand):
    help = "Met une sauvegarde à la place de la base, et y refait les effacements avant de servir."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "dossier",
            type=Path,
            nargs="?",
            help="une sauvegarde, ou leur dossier : la plus récente",
        )
        parser.add_argument(
            "--oublier",
            action="store_true",
            help="supprime les bases mises de côté, et les clés qui n'ouvrent plus rien",
        )
        parser.add_argument(
            "--confirmer",
            action="store_true",
            help="met de côté une base qui n'est pas vide ; avec --oublier, supprime",
        )

    def handle(
        self, *args: Any, dossier: Path | None, oublier: bool, confirmer: bool, **options: Any
    ) -> None:
        if oublier == (dossier is not None):
            raise CommandError("Donnez une sauvegarde, ou --oublier.", returncode=REFUS)
        try:
            if dossier is None:
                self.oublier(confirmer=confirmer)
                return
            with restauration.seul():
                self.dire(self.mettre_en_place(dossier, confirmer=confirmer))
                self.rejouer()
        except ServicePresent:
            raise CommandError(TOURNE, returncode=REFUS) from None
        except (SauvegardeRefusee, ReglageManquant) as refus:
            raise CommandError(str(refus), returncode=REFUS) from refus

    def mettre_en_place(self, dossier: Path, *, confirmer: bool) -> MiseEnPlace:
        try:
            sauvegarde = sauvegardes.trouver(dossier)
            self.stdout.write(f"Sauvegarde   {sauvegarde.dossier}")
            return restauration.mettre_en_place(
                sauvegarde, confirmer=confirmer, maintenant=horloge.maintenant()
            )
        except (VidageImpossible, MigrationImpossible, psycopg.Error, OSError) as erreur:
            raise CommandError(
                f"La base en place n'a pas changé. {erreur}", returncode=ECHEC
            ) from erreur

    def oublier(self, *, confirmer: bool) -> None:
        maintenant = horloge.maintenant()
        trouvees = bases_de_cote.trouver(maintenant=maintenant)
        for une in trouvees:
            limite = une.a_supprimer_le.astimezone(PARIS)
            self.stdout.write(f"{une.nom}\tà supprimer avant le {limite:%d/%m/%Y à %H:%M}")
        if not confirmer:
            self.stdout.write("Rien n'a été supprimé : relancez avec --confirmer.")
            return
        try:
            constats = actions.oublier(trouvees, maintenant=maintenant)
        except psycopg.Error as erreur:
            raise CommandError(f"Tout n'a pas été supprimé. {erreur}", returncode=ECHEC) from erreur
        cles = sum(un.nombre for un in constats)
        self.stdout.write(f"Bases supprimées : {len(trouvees)}. Clés sans document : {cles}.")

    def dire(self, faite: MiseEnPlace) -> None:
        lui = faite.manifeste
        deja = " (déjà mise en place)" if faite.encore else ""
        self.stdout.write(
            f"Base du      {lui.faite_le.astimezone(PARIS):%d/%m/%Y à %H:%M:%S}{deja}"
        )
        for chaine, (sequence, empreinte) in lui.releve.journaux.items():
            self.stdout.write(f"Journal      {chaine} : {sequence} actes, {empreinte[:16]}…")
        if faite.avant:
            self.stdout.write(
                f"L'ancienne base s'appelle {faite.avant}. Quand tout est vérifié : "
                "« relais restaurer --oublier --confirmer »."
            )

    def rejouer(self) -> None:
        try:
            bilan = restauration.rejouer(maintenant=horloge.maintenant())
        except CoffreErreur as refus:
            raise CommandError(
                f"La base est en place, mais les effacements restent à rejouer. {refus} Le service "
                "ne démarre pas avant : « relais coffre retablir --confirmer », ou cette commande.",
                returncode=A_REJOUER,
            ) from refus
        for reference in bilan.perdues:
            self.stdout.write(f"Contenu perdu, à redemander : {reference}")
        self.stdout.write(
            f"Clés détruites de nouveau : {bilan.cles}. Documents sans clé effacés : "
            f"{bilan.lignes}. Échus effacés : {bilan.effaces}."
        )
        self.stdout.write("Lancez « relais migrer », puis démarrez le service.")
