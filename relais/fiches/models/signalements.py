"""Malfunctions of the channel, and what the référents do of them (art. 6)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from relais.annuaire.models import Affectation, Agent, Convention, Organisation, Territoire
from relais.regles.convention import Role
from relais.regles.signalement import OUVERTS, Etat, Reponse, Suite
from relais.socle.donnees_personnelles import communs

LIBELLES_ETAT = {
    Etat.SIGNALE: "À prendre en main",
    Etat.PRIS: "Un référent s’en occupe",
    Etat.REPONDU: "Répondu",
    Etat.CLOS: "Clos",
}
LIBELLES_REPONSE = {
    Reponse.CORRIGE: "Le problème est corrigé",
    Reponse.RELANCE: "La réponse attendue a été relancée",
    Reponse.A_COMPLETER: "La fiche est à compléter par son auteur",
    Reponse.CADRE_RAPPELE: "Le cadre de la convention a été rappelé",
    Reponse.TECHNIQUE: "Transmis à l’administrateur technique",
    Reponse.DPO: "Transmis aux délégués à la protection des données",
    Reponse.COMITE: "À examiner en comité de suivi",
    Reponse.RIEN: "Vérification faite, le canal a fonctionné comme prévu",
}
LIBELLES_SUITE = {
    Suite.PROFESSIONNEL: "Le professionnel qui a signalé",
    Suite.CAISSE: "La caisse",
    Suite.REFERENT_DEPARTEMENT: "Le référent du Département",
    Suite.REFERENT_CAISSE: "Le référent de la caisse",
    Suite.PERSONNE: "Personne : il n’y a plus rien à faire",
}
FINALITE = ("évaluer l’usage du canal (art. 6)", "gardé avec la convention")


class DysfonctionnementQuerySet(models.QuerySet["Dysfonctionnement"]):
    def des_conventions_de(self, qui: Affectation) -> "DysfonctionnementQuerySet":
        """Those of the conventions of that organisation; an encadrant: those of the TIS."""
        siens = self.filter(Q(departement=qui.organisation_id) | Q(caisse=qui.organisation_id))
        return siens.filter(territoire=qui.territoire_id) if qui.role == Role.ENCADRANT else siens

    def signales_par(self, qui: Affectation) -> "DysfonctionnementQuerySet":
        return self.filter(par=qui.agent_id, organisation=qui.organisation_id)

    def signales_entre(self, debut: datetime, fin: datetime) -> "DysfonctionnementQuerySet":
        return self.filter(signale_le__gte=debut, signale_le__lt=fin)

    def a_l_etat(self, etats: tuple[Etat, ...]) -> "DysfonctionnementQuerySet":
        return self.filter(etat__in=etats)

    def sans_reponse_apres(self, maintenant: datetime) -> "DysfonctionnementQuerySet":
        return self.filter(etat__in=OUVERTS, reponse_due_le__lt=maintenant)

    def clos_avant(self, convention: str, limite: datetime) -> "DysfonctionnementQuerySet":
        return self.filter(convention=convention, etat=Etat.CLOS, clos_le__lt=limite)

    def pour_liste(self) -> "DysfonctionnementQuerySet":
        return self.select_related("organisation", "territoire").order_by("-signale_le", "-pk")

    def verrouilles(self) -> "DysfonctionnementQuerySet":
        return self.select_for_update(of=("self",), no_key=True)


class Dysfonctionnement(models.Model):
    """A malfunction of the channel reported to the référents of both sides (art. 6).

    Codes and a reference, no text: both institutions read it, and nobody is named in it (0017).
    """

    class Nature(models.TextChoices):
        SANS_REPONSE = "sans_reponse", "Pas de réponse dans le délai"
        REPONSE_INADAPTEE = "reponse_inadaptee", "La réponse ne permet pas d’avancer"
        HORS_CADRE = "hors_cadre", "Demande hors du cadre de la convention"
        FICHE_INCOMPLETE = "fiche_incomplete", "Fiche incomplète ou illisible"
        TECHNIQUE = "technique", "Problème technique"
        CONFIDENTIALITE = "confidentialite", "Confidentialité"

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="+")
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    nature = models.CharField(max_length=20, choices=Nature)
    reference = models.CharField(max_length=9, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    signale_le = models.DateTimeField()
    etat = models.CharField(max_length=10, choices=LIBELLES_ETAT, default=Etat.SIGNALE)
    reponse_due_le = models.DateTimeField()
    pris_le = models.DateTimeField(null=True)
    repondu_le = models.DateTimeField(null=True)  # the first answer
    reponse = models.CharField(max_length=20, choices=LIBELLES_REPONSE, blank=True)
    suite = models.CharField(max_length=25, choices=LIBELLES_SUITE, blank=True)
    clos_le = models.DateTimeField(null=True)

    objects = DysfonctionnementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(etat__in=(Etat.REPONDU, Etat.CLOS))
                | Q(repondu_le__isnull=False) & ~Q(reponse="") & ~Q(suite=""),
                name="dysfonctionnement_repondu_dit_quoi_et_qui",
            ),
            models.CheckConstraint(
                condition=~Q(etat=Etat.CLOS) | Q(clos_le__isnull=False),
                name="dysfonctionnement_clos_a_une_date",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["departement", "-signale_le"], name="dysfonct_departement"),
            models.Index(fields=["caisse", "-signale_le"], name="dysfonct_caisse"),
            models.Index(fields=["par", "-signale_le"], name="dysfonct_de_l_agent"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id convention departement caisse organisation territoire nature reference par "
                "signale_le etat reponse_due_le pris_le repondu_le reponse suite clos_le"
            ),
            FINALITE,
        )


class FaitDysfonctionnement(models.Model):
    """One line of its thread: taken, answered (perhaps again), closed. Never changed."""

    dysfonctionnement = models.ForeignKey(Dysfonctionnement, models.CASCADE, related_name="faits")
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    etat = models.CharField(max_length=10, choices=LIBELLES_ETAT)
    reponse = models.CharField(max_length=20, choices=LIBELLES_REPONSE, blank=True)
    suite = models.CharField(max_length=25, choices=LIBELLES_SUITE, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    le = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["le", "pk"]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id dysfonctionnement departement caisse etat reponse suite par organisation le",
            FINALITE,
        )
