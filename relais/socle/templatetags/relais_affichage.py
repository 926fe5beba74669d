"""How instants, deadlines and numbers are written for people, in French and in Paris time.

The functions are pure, so that mails and documents can use them as well as pages.
Non-breaking spaces keep "14 h 05" or "Il reste 31 h" on one line.
"""

import re
from collections.abc import Iterable, Sized
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from django import forms, template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from relais.regles.calendrier import MOIS
from relais.socle import horloge
from relais.socle.templatetags.icones import ICONES

register = template.Library()

ESPACE = "\u00a0"
ESPACE_FINE = "\u202f"
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
# Usual French abbreviations; short months are written whole.
ABREGES = {
    "janvier": "janv.", "février": "févr.", "avril": "avr.", "juillet": "juil.",
    "septembre": "sept.", "octobre": "oct.", "novembre": "nov.", "décembre": "déc.",
}  # fmt: skip
# From four days on, hours say nothing any more: days do.
EN_JOURS = timedelta(days=4)
PROCHE, URGENTE = timedelta(hours=24), timedelta(hours=8)


def _a_paris(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("An instant shown to people must be aware: a naive one hides its zone.")
    return instant.astimezone(horloge.PARIS)


def _jour(jour: date) -> date:
    return _a_paris(jour).date() if isinstance(jour, datetime) else jour


def _mois_abrege(jour: date) -> str:
    mois = MOIS[jour.month - 1]
    return ABREGES.get(mois, mois)


def _jour_et_mois(jour: date) -> str:
    numero = "1er" if jour.day == 1 else str(jour.day)
    return f"{numero}{ESPACE}{MOIS[jour.month - 1]}"


def heure_du_jour(de: time) -> str:
    """8 h 30 ; 8 h on the hour."""
    minutes = f"{ESPACE}{de.minute:02}" if de.minute else ""
    return f"{de.hour}{ESPACE}h{minutes}"


@register.filter
def heure(instant: datetime | None) -> str:
    """14 h 05 ; 14 h on the hour."""
    if instant is None:
        return ""
    return heure_du_jour(_a_paris(instant).time())


@register.filter
def heure_precise(instant: datetime | None) -> str:
    """14 h 05 min 09 s: for a journal."""
    if instant is None:
        return ""
    le = _a_paris(instant)
    return f"{le.hour}{ESPACE}h{ESPACE}{le:%M}{ESPACE}min{ESPACE}{le:%S}{ESPACE}s"


@register.filter
def date_longue(jour: date | None) -> str:
    """lundi 23 novembre 2026, from a date or from an aware instant."""
    if jour is None:
        return ""
    jour = _jour(jour)
    return f"{JOURS[jour.weekday()]} {_jour_et_mois(jour)} {jour.year}"


@register.filter
def date_moyenne(jour: date | None) -> str:
    """23 novembre 2026."""
    if jour is None:
        return ""
    jour = _jour(jour)
    return f"{_jour_et_mois(jour)} {jour.year}"


@register.filter
def jour_court(jour: date | None) -> str:
    """lun. 23 nov. : for lists, where the year goes without saying."""
    if jour is None:
        return ""
    jour = _jour(jour)
    numero = "1er" if jour.day == 1 else str(jour.day)
    return f"{JOURS[jour.weekday()][:3]}.{ESPACE}{numero}{ESPACE}{_mois_abrege(jour)}"


@register.filter
def mois_court(jour: date | None) -> str:
    """nov. 2026 : for the columns of a table. Juin and juil. stay apart."""
    return "" if jour is None else f"{_mois_abrege(_jour(jour))}{ESPACE}{_jour(jour).year}"


@register.filter
def mois_long(jour: date | None) -> str:
    """novembre 2026."""
    return "" if jour is None else f"{MOIS[_jour(jour).month - 1]}{ESPACE}{_jour(jour).year}"


@register.filter
def du_mois(jour: date) -> str:
    """de novembre 2026, d’octobre 2026."""
    texte = mois_long(jour)
    return f"d’{texte}" if texte[0] in "ao" else f"de {texte}"


@register.filter
def mois_seul(jour: date) -> str:
    """nov. : under the bars of a chart."""
    return _mois_abrege(_jour(jour))


@register.filter
def heure_paris(instant: datetime | None) -> str:
    """lundi 23 novembre 2026 à 14 h 05."""
    return "" if instant is None else f"{date_longue(instant)} à {heure(instant)}"


@register.filter
def instant_court(instant: datetime | None) -> str:
    """lun. 23 nov. à 14 h 05."""
    return "" if instant is None else f"{jour_court(instant)} à {heure(instant)}"


def duree(ecart: timedelta) -> str:
    """31 h, 25 min or 5 jours: rounded down, never more than what is left."""
    if ecart >= EN_JOURS:
        return f"{ecart.days}{ESPACE}jours"
    minutes = int(ecart.total_seconds() // 60)
    if minutes >= 60:
        return f"{minutes // 60}{ESPACE}h"
    return f"{minutes}{ESPACE}min" if minutes else f"moins d’une{ESPACE}minute"


def _ecart(echeance: datetime, maintenant: datetime | None) -> timedelta:
    # In UTC: two instants of the same zone are subtracted on the wall clock by Python,
    # which is an hour wrong across a change of time.
    reference = maintenant or horloge.maintenant()
    if echeance.tzinfo is None or reference.tzinfo is None:
        raise ValueError("A deadline must be aware.")
    return echeance.astimezone(UTC) - reference.astimezone(UTC)


def reste(echeance: datetime | None, maintenant: datetime | None = None) -> str:
    """il reste 31 h, en retard de 5 h, il reste 25 min. Late begins after the instant itself."""
    if echeance is None:
        return ""
    ecart = _ecart(echeance, maintenant)
    if ecart < timedelta(0):
        return f"en{ESPACE}retard de{ESPACE}{duree(-ecart)}"
    return f"il{ESPACE}reste{ESPACE}{duree(ecart)}"


def niveau_echeance(echeance: datetime | None, maintenant: datetime | None = None) -> str:
    """tranquille, proche (24 h), urgente (8 h) or retard: the class of the deadline badge."""
    if echeance is None:
        return ""
    ecart = _ecart(echeance, maintenant)
    if ecart < timedelta(0):
        return "retard"
    if ecart <= URGENTE:
        return "urgente"
    return "proche" if ecart <= PROCHE else "tranquille"


@register.filter
def telephone(numero: str | None) -> str:
    """02 99 00 00 00 from any way of writing a French number; a foreign one stays as typed."""
    saisi = (numero or "").strip()
    chiffres = re.sub(r"[\s.\-()/\u00a0\u202f]", "", saisi)
    chiffres = re.sub(r"^(\+33|0033)0?", "0", chiffres)
    if not re.fullmatch(r"0[1-9]\d{8}", chiffres):
        return saisi
    return ESPACE.join(chiffres[i : i + 2] for i in range(0, 10, 2))


@register.filter
def nombre(valeur: int | None) -> str:
    """1 500, with the narrow no-break space of French thousands."""
    return "" if valeur is None else f"{valeur:,}".replace(",", ESPACE_FINE)


@register.filter
def megaoctets(octets: int) -> str:
    """« 286 Mo », as a file manager says it in French."""
    return f"{nombre(octets // 1_000_000)}{ESPACE}Mo"


@register.filter
def pluriel(compte: int | Sized, formes: str = "s") -> str:
    """The ending that a count asks for: from two on. In French, zero is singular.

    `formes`: the plural's ending, or both, « d,dent ».
    """
    singulier, _, plusieurs = formes.rpartition(",")
    combien = compte if isinstance(compte, int) else len(compte)
    return plusieurs if combien >= 2 else singulier


@register.filter(is_safe=True)
def typographie(texte: object) -> str:
    """No-break spaces before : ; ! ? » and after «, curly apostrophes: for texts of a file."""
    texte = re.sub(r"[ \u00a0]([:»])", rf"{ESPACE}\1", "" if texte is None else str(texte))
    texte = re.sub(r"(?<=[^\W\d_])'(?=[^\W_])", "’", texte)
    texte = re.sub(r"«[ \u00a0]", f"«{ESPACE}", texte)
    return re.sub(r"[ \u00a0]([;!?])", rf"{ESPACE_FINE}\1", texte)


@register.filter
def annonce(libelle: str) -> str:
    """A label before what is to correct in it: a colon, unless it ends by itself (« Quand ? »)."""
    libelle = typographie(libelle)
    return libelle if libelle.endswith(("?", "…", ".")) else f"{libelle}{ESPACE}:"


@register.filter
def majuscule(texte: str | None) -> str:
    """Capital on the first letter alone (Django's capfirst, deaf to None)."""
    return texte[:1].upper() + texte[1:] if texte else ""


@register.filter
def choix_dits(filtres: forms.Form) -> list[str]:
    """What is asked of a list, « Territoire : T1 »: each filter that is set, a box by its label."""
    lus = getattr(filtres, "cleaned_data", {})
    return [
        f"{champ.label}{_valeur_dite(champ.field, lus[champ.name])}"
        for champ in filtres.visible_fields()
        if lus.get(champ.name)
    ]


def _valeur_dite(champ: forms.Field, valeur: object) -> str:
    """After a label: the words of a choice, the day of a date; nothing of a box."""
    if isinstance(champ, forms.ChoiceField):
        choix = cast(Iterable[tuple[object, str]], champ.choices)
        return f" : {next((mots for code, mots in choix if str(code) == str(valeur)), valeur)}"
    if isinstance(valeur, bool):
        return ""
    return f" : {date_moyenne(valeur) if isinstance(valeur, date) else valeur}"


@register.simple_tag
def icone(nom: str) -> SafeString:
    """A decorative drawing: always beside the word that says the same thing."""
    # Constants of this project, never a text of a user.
    return mark_safe(ICONES[nom])  # noqa: S308


@register.simple_tag
def version_du_produit() -> str:
    """Of the settings, so that the footer says it even where no context was made."""
    version: str = settings.VERSION
    return version


TONS = {
    "neutre": "rond",
    "info": "rond_plein",
    "encours": "demi",
    "attente": "pause",
    "attention": "detour",
    "reussite": "coche",
    "finie": "carre",
}


@register.simple_tag
def pastille(libelle: str, ton: str = "neutre") -> SafeString:
    """A status: a word, a tone and a shape (colour never speaks alone).

    The caller chooses the tone. An answer given to the person directly (box 1 unticked)
    takes one tone whatever the kind of answer: a colour would tell what the words keep.
    """
    return format_html(
        '<span class="pastille pastille-{}">{} {}</span>',
        ton,
        icone(TONS[ton]),
        typographie(libelle),
    )


@register.simple_tag
def repere_echeance(
    echeance: datetime | None, maintenant: datetime | None = None
) -> SafeString | str:
    """The deadline badge: « Il reste 31 h ». Without a template: each line of a list has one."""
    if echeance is None:
        return ""
    niveau = niveau_echeance(echeance, maintenant)
    return format_html(
        '<span class="echeance echeance-{}">{} {}</span>',
        niveau,
        icone("alarme" if niveau in ("retard", "urgente") else "horloge"),
        majuscule(reste(echeance, maintenant)),
    )
