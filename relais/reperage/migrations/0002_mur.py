from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "mur.sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reperage", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
