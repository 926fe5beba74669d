"""Decorators of views: who may knock. Views stay functions and say their guard in one line."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from relais.annuaire.models import Affectation
from relais.regles.convention import Role

Vue = Callable[..., HttpResponse]


def reservee_a(*roles: Role) -> Callable[[Vue], Vue]:
    """Open a page to those roles of any organisation; the others get a 403, journaled."""

    def decorer(vue: Vue) -> Vue:
        @never_cache
        @login_required
        @wraps(vue)
        def gardee(requete: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            affectation: Affectation | None = requete.affectation
            if affectation is None or affectation.role not in roles:
                raise PermissionDenied
            return vue(requete, *args, **kwargs)

        return gardee

    return decorer


def fichier_joint(octets: bytes, nom: str, type_mime: str) -> HttpResponse:
    """A file to keep, never shown by the browser."""
    return HttpResponse(
        octets,
        content_type=type_mime,
        headers={"Content-Disposition": f'attachment; filename="{nom}"'},
    )


def statut_de(*forms: BaseForm | None) -> int:
    """The status of a page that shows these forms: 422 when one comes back with its errors."""
    return 422 if any(form is not None and form.errors for form in forms) else 200
