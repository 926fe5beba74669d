"""The key store is a base of its own: its models live there, alone, without a link to the rest."""

from typing import Any

ALIAS = "coffre"


class Routage:
    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return ALIAS if model._meta.app_label == ALIAS else None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return self.db_for_read(model)

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool | None:
        dans = {obj1._meta.app_label == ALIAS, obj2._meta.app_label == ALIAS}
        return None if dans == {False} else len(dans) == 1

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == ALIAS) == (app_label == ALIAS)
