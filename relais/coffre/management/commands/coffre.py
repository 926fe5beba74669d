"""`relais coffre GESTE`: install the key store, see its state, copy it, turn its keys."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.coffre import (
    chiffrement,
    controle,
    copies,
    lignes,
    magasin,
    racine,
    retablissement,
    rotation,
)
from relais.coffre.borne import borne
from relais.coffre.erreurs import CoffreErreur
from relais.coffre.initialisation import initialiser
from relais.coffre.models import Cle, Kek, Magasin
from relais.coffre.trousseau import numero_de_racine
from relais.socle import horloge
from relais.socle.horloge import PARIS

GESTES = {
    "initialiser": "crée ce qui manque, met les tables à jour, vérifie",
    "etat": "dit où en sont le coffre et ses copies",
    "copier": "fait une copie maintenant, détruit les anciennes",
    "retablir": "remet la dernière copie en place d'un coffre perdu ou abîmé",
    "tourner-kek": "change la clé qui enveloppe les clés ; le service continue",
    "tourner-racine": "change la clé racine ; le service continue",
}


class Command(BaseCommand):
    help = "Le coffre des clés : l'installer, voir son état, le copier, tourner ses clés."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True)
        for geste, dit in GESTES.items():
            lecteur = gestes.add_parser(geste, help=dit)
            if geste == "retablir":
                lecteur.add_argument(
                    "--confirmer", action="store_true", help="sans lui, dit seulement quelle copie"
                )

    def handle(self, *args: Any, geste: str, confirmer: bool = False, **options: Any) -> None:
        try:
            if geste == "retablir":
                self.retablir(confirmer=confirmer)
            else:
                getattr(self, geste.replace("-", "_"))()
        except CoffreErreur as erreur:
            raise CommandError(str(erreur)) from erreur

    def initialiser(self) -> None:
        initialiser()
        self.stdout.write("Le coffre est prêt.")

    def etat(self) -> None:
        controle.verifier_magasin()
        with magasin.lecture():
            lui = Magasin.objects.get()
            self.stdout.write(f"Coffre       {magasin.chemin()}")
            self.stdout.write(f"Identité     {lui.identite}, génération {lui.generation}")
            self.stdout.write(f"Racine       {_racines()}")
            self.stdout.write(f"Clés         {Cle.objects.count()} (KEK : {Kek.objects.count()})")
        faites = copies.toutes()
        derniere = f", la dernière le {_date(faites[-1])}" if faites else ""
        self.stdout.write(f"Copies       {len(faites)}{derniere}")
        maintenant = horloge.maintenant()
        detruit_maintenant = borne(maintenant, maintenant=maintenant)
        self.stdout.write(f"Détruit là   {detruit_maintenant}")

    def copier(self) -> None:
        copie = copies.copier()
        self.stdout.write(f"Copie faite : {copie.chemin}")

    def retablir(self, *, confirmer: bool) -> None:
        copie = retablissement.a_remettre()
        if copie:
            self.stdout.write(f"Copie à remettre en place : celle du {_date(copie)}.")
        if not confirmer:
            self.stdout.write("Rien n'est fait sans --confirmer.")
            return
        if copie:
            retablissement.retablir(copie, maintenant=horloge.maintenant())
        rejoues = retablissement.rejouer()
        self.stdout.write(f"Le coffre est rétabli. Effacements rejoués : {rejoues}.")

    def tourner_kek(self) -> None:
        faite = rotation.tourner_kek()
        self.stdout.write(
            f"KEK de génération {faite.generation} : {faite.remballees} clé(s) remballée(s)."
        )
        if faite.alterees:
            raise CommandError(
                f"{faite.alterees} clé(s) altérée(s) ne s'ouvrent pas, et l'ancienne KEK reste "
                "pour elles. Si elles comptent, rétablissez une copie du coffre, puis recommencez."
            )

    def tourner_racine(self) -> None:
        nom = racine.nom(rotation.tourner_racine())
        heures = copies.conservation() // timedelta(hours=1)
        self.stdout.write(
            f"Clé racine {nom} en place : portez {racine.chemin()} en lieu sûr maintenant. "
            f"Détruisez-y l'ancienne dans {heures} heures : d'ici là, des copies en ont besoin."
        )


def _racines() -> str:
    """The root keys in use; another than the one in place when a rotation is to be finished."""
    en_usage = {numero_de_racine(kek) for kek in lignes.keks()}
    noms = ", ".join(racine.nom(numero) for numero in sorted(en_usage))
    if en_usage == {chiffrement.numero_de_racine(racine.lire())}:
        return noms
    return f"{noms}, autre que celle en place : lancez « relais coffre tourner-racine »"


def _date(copie: copies.Copie) -> str:
    return f"{copie.faite_le.astimezone(PARIS):%d/%m/%Y à %H:%M:%S}"
