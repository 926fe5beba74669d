from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql" / "compte_du.sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reperage", "0005_exports_d_avant")]
    operations: ClassVar = [
        migrations.AddField("personne", "compte_du", models.DateField(null=True)),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
        migrations.AlterField("personne", "compte_du", models.DateField()),
    ]
