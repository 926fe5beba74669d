from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "reperes.sql"


class Migration(migrations.Migration):
    """Laying a head that contradicts the one already held fails, instead of doing nothing."""

    dependencies = [
        ("annuaire", "0008_journaux"),
        ("journal", "0010_confrontation"),
    ]

    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
