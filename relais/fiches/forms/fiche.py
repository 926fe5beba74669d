"""The fiche as a form: annex 1 in, a `Contenu` out, and what could not be read is kept as typed."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from relais.fiches import champs
from relais.fiches.contenu import Contenu, Personne, Professionnel, Signature
from relais.regles.convention import Convention
from relais.regles.fiche import RAISONS_SANS_NIR, ModeSignature, Signataire
from relais.regles.perimetre import Precision, Reponses, Ressources
from relais.regles.textes import Choix
from relais.socle.templatetags.relais_affichage import majuscule, telephone

PREFIXE_PERIMETRE = "perimetre_"


class EnLigne(forms.RadioSelect):
    """A few short answers, side by side where there is room."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "en-ligne", **(attrs or {})}, choices)


def _choix(choix: tuple[Choix, ...]) -> list[tuple[str, str]]:
    return [(un.code, un.libelle) for un in choix]


class FormulaireFiche(forms.Form):
    """One page that reads like annex 1. Every field may be empty: a draft is saved as it is."""

    professionnel_nom = champs.ChampTexte(longueur=140)
    professionnel_telephone = champs.ChampTelephone(required=False, max_length=40)
    nom_naissance = champs.ChampTexte(longueur=100)
    nom_marital = champs.ChampTexte(longueur=100)
    prenom = champs.ChampTexte(longueur=100)
    nir = champs.ChampNir(required=False, max_length=60)
    cle_inconnue = forms.BooleanField(required=False, label="La personne ne connaît pas la clé")
    sans_nir = champs.ChampChoix(
        label="Pas de numéro",
        choices=[
            ("", "Le numéro est indiqué"),
            *((code, raison.capitalize()) for code, raison in RAISONS_SANS_NIR.items()),
        ],
    )
    adresse = champs.ChampTexte(
        longueur=300, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    )
    mail = champs.ChampMail(required=False, max_length=254)
    telephone = champs.ChampTelephone(required=False, max_length=40)
    situations = champs.ChampCoches()
    situation_autre = champs.ChampTexte(label="Autre situation : laquelle ?", longueur=120)
    dossiers = champs.ChampCoches()
    dossier_autre = champs.ChampTexte(label="Autre dossier : lequel ?", longueur=120)
    motifs = champs.ChampCoches()
    motif_autre = champs.ChampTexte(label="Autre motif : lequel ?", longueur=200)
    perimetre_ressources = champs.ChampChoix(widget=EnLigne)
    perimetre_ressources_le = champs.ChampDate(label="À quelle date ?")
    perimetre_precision = champs.ChampChoix(label="Ce qui se passe (facultatif)")
    perimetre_sans_reponse = forms.BooleanField(required=False)
    perimetre_message_le = champs.ChampDate()
    perimetre_appel_le = champs.ChampDate()
    perimetre_incomprise = forms.BooleanField(required=False)
    perimetre_a_savoir = champs.ChampTexte(longueur=300)
    perimetre_complexe = forms.BooleanField(required=False)
    perimetre_complexite = champs.ChampTexte(longueur=300)
    commentaire = champs.ChampTexte(
        longueur=1500, widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"})
    )
    informe = forms.BooleanField(required=False)
    non_opposition = forms.BooleanField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, regles: Convention, jour: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regles, self.jour = regles, jour
        self._poser_libelles()
        self._poser_perimetre()
        modele = regles.fiche
        self._coches("situations", modele.situations.exigee(jour))
        self._coches("dossiers", modele.dossiers.exigee(jour))
        self._coches("motifs", modele.motifs.exigee(jour))
        self.fields["commentaire"].help_text = modele.aide_commentaire.exigee(jour)
        self.fields["informe"].label = modele.case_informe.exigee(jour)
        self.fields["non_opposition"].label = modele.case_non_opposition.exigee(jour)
        for nom in ("nom_naissance", "nom_marital", "prenom"):
            self.fields[nom].widget.attrs["autocomplete"] = "off"
        self.fields["nir"].widget.attrs |= {
            "hx-post": reverse("fiches:verifier_nir"),
            "hx-trigger": "change, input delay:800ms",
            "hx-include": "[name=cle_inconnue]",
            "hx-target": "#verdict-nir",
            "hx-sync": "this:replace",
            "hx-swap": "innerHTML",
        }

    def _coches(self, champ: str, choix: tuple[Choix, ...]) -> None:
        self.fields[champ].choices = _choix(choix)

    def _poser_libelles(self) -> None:
        """Labels of annex 1, less the colon that the page does not need."""
        mots = self.regles.fiche.libelles.exigee(self.jour)
        for champ, libelle in {
            "professionnel_nom": mots.professionnel_nom,
            "professionnel_telephone": mots.professionnel_telephone,
            "nom_naissance": mots.nom_naissance,
            "nom_marital": mots.nom_marital,
            "prenom": mots.prenom,
            "nir": mots.nir,
            "adresse": mots.adresse_postale,
            "mail": mots.adresse_mail,
            "telephone": mots.telephone,
            "situations": mots.situation,
            "dossiers": mots.dossier,
            "motifs": mots.motif,
            "commentaire": mots.commentaire,
        }.items():
            self.fields[champ].label = libelle.rstrip(" :\u00a0")

    def _poser_perimetre(self) -> None:
        textes = self.regles.perimetre.textes.exigee(self.jour)
        numero = self.regles.caisse.telephone.exigee(self.jour)
        self.fields["perimetre_ressources"].label = f"1. {textes.ressources_question}"
        self.fields["perimetre_ressources"].choices = [
            (Ressources.COUPEES.value, f"{textes.ressources_depuis}…"),
            (Ressources.BIENTOT.value, f"{textes.ressources_a_partir}…"),
            (Ressources.NON.value, textes.ressources_non),
        ]
        self.fields["perimetre_precision"].choices = [
            (Precision.DATE_PASSEE.value, majuscule(textes.ressources_date_passee)),
            (Precision.SUSPENDUES.value, majuscule(textes.ressources_suspendues)),
            (Precision.DATE_PROCHE.value, majuscule(textes.ressources_date_proche)),
        ]
        complexite, _, exemples = textes.complexite_texte.partition(" : ")
        for champ, libelle in {
            "sans_reponse": textes.blocage_sans_reponse.rstrip(" :") + "…",
            "message_le": majuscule(textes.blocage_message),
            "appel_le": majuscule(textes.blocage_appel.format(numero_caisse=numero)),
            "incomprise": textes.blocage_incompris,
            "a_savoir": textes.blocage_a_savoir.rstrip(" :"),
            "complexe": textes.complexite_oui,
            "complexite": complexite,
        }.items():
            self.fields[PREFIXE_PERIMETRE + champ].label = libelle
        self.fields["perimetre_complexite"].help_text = majuscule(exemples.strip(" ()"))

    def clean(self) -> dict[str, Any]:
        for nom, champ in self.fields.items():
            if not isinstance(champ, champs.ChampCoches) and len(self._tapes(nom)) > 1:
                self.add_error(nom, "Cette question a reçu deux réponses : gardez la bonne.")
        return self.cleaned_data

    def contenu(self, avant: Contenu) -> Contenu:
        """What was typed, on top of `avant` for what the form does not show."""
        lu = self.cleaned_data
        return replace(
            avant,
            professionnel=self._professionnel(),
            personne=self._personne(),
            situations=self._cochees("situations"),
            situation_autre=lu.get("situation_autre", ""),
            dossiers=self._cochees("dossiers"),
            dossier_autre=lu.get("dossier_autre", ""),
            motifs=self._cochees("motifs"),
            motif_autre=lu.get("motif_autre", ""),
            commentaire=lu.get("commentaire", ""),
            perimetre=self._perimetre(),
            informe=bool(lu.get("informe")),
            non_opposition=bool(lu.get("non_opposition")),
            saisies=self._saisies(),
        )

    def _professionnel(self) -> Professionnel:
        lu = self.cleaned_data
        return Professionnel(
            nom_prenom=lu.get("professionnel_nom", ""),
            telephone=lu.get("professionnel_telephone", ""),
        )

    def _personne(self) -> Personne:
        lu = self.cleaned_data
        numero = lu.get("nir")
        return Personne(
            nom_naissance=lu.get("nom_naissance", ""),
            nom_marital=lu.get("nom_marital", ""),
            prenom=lu.get("prenom", ""),
            nir=numero.corps if numero else None,
            nir_cle=(numero.cle or None) if numero else None,
            nir_provisoire=bool(numero and numero.provisoire),
            cle_inconnue=bool(lu.get("cle_inconnue")),
            sans_nir=lu.get("sans_nir") or None,
            adresse=lu.get("adresse", ""),
            mail=lu.get("mail", ""),
            telephone=lu.get("telephone", ""),
        )

    def _perimetre(self) -> Reponses:
        lu = {
            champ.removeprefix(PREFIXE_PERIMETRE): valeur
            for champ, valeur in self.cleaned_data.items()
            if champ.startswith(PREFIXE_PERIMETRE)
        }
        ressources, precision = lu.pop("ressources", ""), lu.pop("precision", "")
        return Reponses(
            ressources=Ressources(ressources) if ressources else None,
            precision=Precision(precision) if precision else None,
            **lu,
        )

    def _cochees(self, nom: str) -> tuple[str, ...]:
        """The ticked boxes that exist, even beside one that does not."""
        existent = dict(self.fields[nom].choices)
        return tuple(code for code in self._tapes(nom) if code in existent)

    def _tapes(self, nom: str) -> list[str]:
        """The different values that came for a field, as they were typed."""
        return list(dict.fromkeys(self.data.getlist(self.add_prefix(nom))))

    def _saisies(self) -> tuple[tuple[str, str], ...]:
        """What could not be read, as it was typed: shown again, never lost."""
        return tuple(
            (nom, " / ".join(self._tapes(nom)))
            for nom in self.errors
            if nom in self.fields and nom not in ("version", "situations", "dossiers", "motifs")
        )


PAGE_TROP_GROSSE = (
    "Ce fichier dépasse la limite de 10 Mo. Reprenez la photo en qualité ordinaire, ou numérisez"
    " la page en noir et blanc."
)


class FormulaireSignature(forms.Form):
    """Who signs and how: drawn in the frame, or the signed page as a photo or a scan."""

    signature = forms.CharField(
        required=False, label="Signature", widget=forms.HiddenInput, max_length=1_500_000
    )
    page_signee = forms.FileField(
        required=False,
        label="Page signée (photo, scan ou PDF d’une page)",
        help_text="JPEG, PNG ou PDF d’une page, 10 Mo au plus.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )
    signataire = champs.ChampChoix(
        label="Qui signe ?",
        choices=[
            (Signataire.PERSONNE.value, "La personne"),
            (Signataire.REPRESENTANT.value, "Quelqu’un qui la représente"),
        ],
        initial=Signataire.PERSONNE.value,
        widget=EnLigne,
    )
    representant_nom = champs.ChampTexte(label="Nom et prénom du représentant", longueur=120)
    representant_qualite = champs.ChampTexte(
        label="Sa qualité", longueur=120, help_text="Tuteur, curateur, mandataire…"
    )

    def __init__(self, *args: Any, trop_gros: bool = False, **kwargs: Any) -> None:
        """`trop_gros`: a page came that was too big to be taken (socle/televersement.py)."""
        super().__init__(*args, **kwargs)
        self.trop_gros = trop_gros

    def donnee(self) -> bool:
        """A drawing or a page came with the form."""
        page = self.trop_gros or self.files.get("page_signee")
        return bool(self.data.get("signature") or page)

    def clean(self) -> dict[str, Any]:
        lu = super().clean() or {}
        if self.trop_gros:
            self.add_error("page_signee", PAGE_TROP_GROSSE)
        if self.donnee() and lu.get("signataire") == Signataire.REPRESENTANT:
            for champ in ("representant_nom", "representant_qualite"):
                if not lu.get(champ):
                    self.add_error(champ, "À remplir quand quelqu’un signe pour la personne.")
        return lu

    def signature_posee(self, le: date) -> Signature:
        lu = self.cleaned_data
        par_autrui = lu.get("signataire") == Signataire.REPRESENTANT
        return Signature(
            mode=ModeSignature.PAGE if lu.get("page_signee") else ModeSignature.ECRAN,
            par=Signataire.REPRESENTANT if par_autrui else Signataire.PERSONNE,
            representant_nom=lu.get("representant_nom", "") if par_autrui else "",
            representant_qualite=lu.get("representant_qualite", "") if par_autrui else "",
            signee_le=le,
        )


def valeurs_initiales(contenu: Contenu) -> dict[str, Any]:
    """The values of the form for a draft, unread texts as they were typed."""
    personne, perimetre = contenu.personne, contenu.perimetre
    numero = f"{personne.nir or ''}{personne.nir_cle or ''}"
    return {
        "professionnel_nom": contenu.professionnel.nom_prenom,
        "professionnel_telephone": telephone(contenu.professionnel.telephone),
        "nom_naissance": personne.nom_naissance,
        "nom_marital": personne.nom_marital,
        "prenom": personne.prenom,
        "nir": numero,
        "cle_inconnue": personne.cle_inconnue,
        "sans_nir": personne.sans_nir or "",
        "adresse": personne.adresse,
        "mail": personne.mail,
        "telephone": telephone(personne.telephone),
        "situations": contenu.situations,
        "situation_autre": contenu.situation_autre,
        "dossiers": contenu.dossiers,
        "dossier_autre": contenu.dossier_autre,
        "motifs": contenu.motifs,
        "motif_autre": contenu.motif_autre,
        "commentaire": contenu.commentaire,
        "complement": contenu.complement,
        "informe": contenu.informe,
        "non_opposition": contenu.non_opposition,
        **{
            f"{PREFIXE_PERIMETRE}{champ}": getattr(perimetre, champ)
            for champ in Reponses.__dataclass_fields__
        },
        **dict(contenu.saisies),
    }
