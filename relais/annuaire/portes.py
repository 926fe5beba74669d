"""Decorators of views: who may knock. Views stay functions and say their guard in one line."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
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
