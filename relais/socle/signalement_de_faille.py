"""Whom to tell of a weakness: /.well-known/security.txt (RFC 9116), once the operator has said."""

from datetime import UTC, datetime, time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from relais.socle import horloge


@require_safe
@never_cache
def security_txt(requete: HttpRequest) -> HttpResponse:
    """404 without a contact, without an end, or past it: a stale address is worse than none."""
    fin = expiration()
    contact = settings.SECURITE_CONTACT
    if not contact or fin is None or fin <= horloge.maintenant():
        raise Http404
    lignes = {
        "Contact": contact,
        "Expires": fin.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Preferred-Languages": "fr, en",
        "Canonical": f"{settings.ADRESSE_PUBLIQUE}/.well-known/security.txt",
    }
    texte = "".join(f"{nom}: {valeur}\n" for nom, valeur in lignes.items())
    return HttpResponse(texte, content_type="text/plain; charset=utf-8")


def expiration() -> datetime | None:
    """The first instant (UTC) of the day after which the file must not be believed."""
    jour = settings.SECURITE_EXPIRE
    return datetime.combine(jour, time(), UTC) if jour else None
