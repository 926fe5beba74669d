"""Filters of the caseload: in the address, so never a name nor a NIR."""

from django import forms

from relais.annuaire.models import Affectation, Equipe, Territoire
from relais.fiches.forms.listes import Filtres
from relais.fiches.mains import une_par_personne
from relais.regles.convention import Role
from relais.regles.publics import Public
from relais.regles.reperage import LIBELLES_CONTACT, EtatContact
from relais.regles.urgence import LIBELLES_URGENCE, Urgence
from relais.reperage.chiffres import Groupe, du_public
from relais.reperage.models import PersonneQuerySet

SANS = "sans"
NIVEAUX = [(str(int(n)), LIBELLES_URGENCE[n]) for n in Urgence if n < Urgence.PLUS_TARD]
PUBLICS = [
    (Public.ORDINAIRE.value, "63 ans et plus"),
    (Public.INVALIDITE.value, "61 ans et plus, invalidité"),
    (Public.A_CONFIRMER.value, "61 ans et plus, à confirmer"),
]
TOUTES = "toutes"


class FiltresReperage(Filtres):
    """The caseload of an agent. `urgence` is a list of its own; the others narrow it."""

    urgence = forms.ChoiceField(
        required=False, choices=[("", ""), *NIVEAUX], widget=forms.HiddenInput
    )
    tis = forms.ChoiceField(required=False, label="Territoire")
    public = forms.ChoiceField(
        required=False, label="Public des réunions", choices=[("", "Tous"), *PUBLICS]
    )
    contact = forms.ChoiceField(
        required=False,
        label="Contact",
        choices=[("", "À suivre"), *LIBELLES_CONTACT.items(), (TOUTES, "Tous les états")],
    )
    equipe = forms.ChoiceField(required=False, label="Équipe")
    suivie = forms.ChoiceField(required=False, label="Suivie par")
    flux = forms.ChoiceField(
        required=False,
        label="Dans le fichier",
        choices=[("", "Toutes"), ("dans", "Dans le dernier"), ("hors", "Sorties du fichier")],
    )
    decider = forms.BooleanField(required=False, label="À décider seulement")

    def preparer(self) -> None:
        """Each role its own filters: what would always answer the same is not shown."""
        qui = self.qui
        if qui.role != Role.CHARGE_REPERAGE:
            del self.fields["tis"], self.fields["equipe"]
        else:
            siens = list(
                Territoire.objects.filter(organisation=qui.organisation_id).order_by("code")
            )
            self.territoires = {un.code: un.pk for un in siens}
            self.fields["tis"].choices = [
                ("", "Tous"),
                *((un.code, f"{un.code} · {un.nom}") for un in siens),
                (SANS, "Sans TIS"),
            ]
            self.fields["equipe"].choices = [
                ("", "Toutes"),
                (SANS, "Aucune encore"),
                *((str(e.pk), e.nom) for e in Equipe.objects.ouvertes(qui.organisation_id)),
            ]
        if qui.role == Role.TRAVAILLEUR_SOCIAL:
            del self.fields["suivie"]
        else:
            self.fields["suivie"].choices = [
                ("", "Tout le monde"),
                (SANS, "Non confiées"),
                ("quelqu_un", "Quelqu’un"),
                *(_suiveurs(qui) if qui.role == Role.ENCADRANT else ()),
            ]

    def actifs(self) -> bool:
        """Whether something narrows the list; a level by itself is not a filter."""
        return any(self.valeur(champ) for champ in self.fields if champ != "urgence")

    def reduire(self, personnes: PersonneQuerySet) -> PersonneQuerySet:
        """By all that figures do not tell apart: audience, équipe, who follows, flow, conflict."""
        if public := self.valeur("public"):
            personnes = personnes.d_ids(du_public(self.qui.organisation_id, Public(public)))
        match self.valeur("equipe"):
            case "":
                pass
            case "sans":
                personnes = personnes.sans_equipe()
            case numero:
                personnes = personnes.de_l_equipe(int(numero))
        match self.valeur("suivie"):
            case "":
                pass
            case "sans" | "quelqu_un" as choix:
                personnes = personnes.suivies(une=choix == "quelqu_un")
            case numero:
                personnes = personnes.suivies_par(int(numero))
        if flux := self.valeur("flux"):
            personnes = personnes.hors_flux(une=flux == "hors")
        return personnes.conflictuelles() if self.valeur("decider") else personnes

    def choisir(self, personnes: PersonneQuerySet) -> PersonneQuerySet:
        """Among those reduced: the level, the TIS and the contact state that are looked at."""
        if niveau := self.valeur("urgence"):
            personnes = personnes.au_niveau(int(niveau))
        if tis := self.valeur("tis"):
            personnes = personnes.du_territoire("" if tis == SANS else tis)
        match self.valeur("contact"):
            case "":
                return personnes.a_suivre()
            case "toutes":
                return personnes
            case etat:
                return personnes.au_contact(etat)

    def retient(self, groupe: Groupe) -> bool:
        """The same choice, but for the level, on figures already counted."""
        tis, contact = self.valeur("tis"), self.valeur("contact")
        if tis and groupe.territoire != self.territoires.get(tis):
            return False
        if not contact:
            return groupe.contact != EtatContact.TERMINE
        return contact in (TOUTES, groupe.contact)

    def appliquer(self, personnes: PersonneQuerySet) -> PersonneQuerySet:
        return self.choisir(self.reduire(personnes))


def _suiveurs(qui: Affectation) -> list[tuple[str, str]]:
    """The colleagues of the équipe who may follow somebody."""
    siens = Affectation.objects.de_l_equipe(qui.equipe).roles([Role.TRAVAILLEUR_SOCIAL])
    return [(str(un.agent_id), str(un.agent)) for un in une_par_personne(siens)]
