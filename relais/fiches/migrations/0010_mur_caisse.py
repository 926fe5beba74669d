from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "mur_caisse.sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("fiches", "0009_caisse")]
    operations: ClassVar = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
