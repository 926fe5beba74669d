from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "exports_d_avant.sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("fiches", "0023_causes_des_exports"),
        ("reperage", "0004_mur_des_exports"),
    ]
    operations: ClassVar = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
