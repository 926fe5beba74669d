"""Single-use links, and the mails about accounts."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models

from relais.annuaire.models.affectations import Affectation
from relais.annuaire.models.agents import Agent
from relais.annuaire.models.organisations import Organisation
from relais.socle.donnees_personnelles import communs
from relais.socle.models import CourrielEnFile

AVEC_LE_COMPTE = "supprimé avec le compte"


class LienQuerySet(models.QuerySet["Lien"]):
    def ouverts(self) -> "LienQuerySet":
        """Neither used nor cancelled; perhaps too old."""
        return self.filter(utilise_le=None, annule_le=None)


class Lien(models.Model):
    """A link for one person, good once: to accept an invitation, to choose a new password.

    Its token is nowhere: it is made again from the row's id when the mail leaves, or when a command
    of the server shows it (relais.annuaire.jetons); what is kept is its digest.
    """

    class Nature(models.TextChoices):
        INVITATION = "invitation", "Invitation"
        MOT_DE_PASSE = "mot_de_passe", "Nouveau mot de passe"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="liens")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    nature = models.CharField(max_length=20, choices=Nature)
    empreinte = models.CharField(max_length=64)
    par = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    cree_le = models.DateTimeField()
    expire_le = models.DateTimeField()
    utilise_le = models.DateTimeField(null=True)
    annule_le = models.DateTimeField(null=True)

    objects = LienQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=models.Q(utilise_le=None, annule_le=None),
                name="lien_ouvert_unique_par_agent",
            ),
            models.CheckConstraint(
                condition=models.Q(utilise_le=None) | models.Q(annule_le=None),
                name="lien_utilise_ou_annule",
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id agent organisation nature empreinte par cree_le expire_le utilise_le annule_le",
            ("ouvrir un compte à la bonne personne", AVEC_LE_COMPTE),
        )

    def sert(self, maintenant: datetime) -> bool:
        """Whether it opens something at that instant."""
        return self.utilise_le is None and self.annule_le is None and maintenant < self.expire_le


class CourrierDeCompteQuerySet(models.QuerySet["CourrierDeCompte"]):
    def resume_depuis(self, organisation: str, instant: datetime) -> bool:
        """Whether the summary of the journals was written for that party since then."""
        resumes = self.filter(objet=CourrierDeCompte.Objet.JOURNAL_DU_MOIS)
        return resumes.filter(organisation=organisation, cree_le__gte=instant).exists()


class CourrierDeCompte(CourrielEnFile):
    """A mail about an account: to its person, to who approves, to the DPO; or about the journals.

    It names nobody. `agent` None: the functional mailbox of the organisation's DPO (art. 5.2 c).
    """

    class Objet(models.TextChoices):
        INVITATION = "invitation", "Votre accès à Relais Retraite"
        MOT_DE_PASSE = "mot_de_passe", "Choisir un nouveau mot de passe"
        ROLE_A_APPROUVER = "role_a_approuver", "Un rôle attend votre accord"
        ROLE_DONNE = "role_donne", "Votre rôle dans Relais Retraite"
        ROLE_DONNE_DPO = "role_donne_dpo", "Un rôle a été donné"
        FACTEURS = "facteurs", "Votre connexion a été réinitialisée"
        FACTEURS_DPO = "facteurs_dpo", "Une connexion a été réinitialisée"
        JOURNAL_A_VERIFIER = "journal_a_verifier", "Le journal demande une vérification"
        JOURNAL_DU_MOIS = "journal_du_mois", "Journal : synthèse du mois"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+")
    objet = models.CharField(max_length=30, choices=Objet)
    lien = models.ForeignKey(Lien, models.CASCADE, null=True, related_name="courriers")
    affectation = models.ForeignKey(Affectation, models.CASCADE, null=True, related_name="+")
    sujet = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+")
    nombre = models.PositiveSmallIntegerField(default=1)  # of roles, when one mail tells of several

    objects = CourrierDeCompteQuerySet.as_manager()

    class Meta(CourrielEnFile.Meta):
        pass

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id organisation agent objet lien affectation sujet nombre etat essais cree_le "
                "prochain_essai_le envoye_le"
            ),
            ("prévenir de ce qui touche un compte", AVEC_LE_COMPTE),
        )
