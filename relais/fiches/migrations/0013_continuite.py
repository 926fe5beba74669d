from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "continuite.sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("fiches", "0012_dysfonctionnements_suivis"),
        ("annuaire", "0004_absences"),
    ]
    operations: ClassVar = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
