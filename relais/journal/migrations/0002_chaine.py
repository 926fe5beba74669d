from pathlib import Path
from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """The wall, the chain linked at commit, the refusals: all in the SQL file beside."""

    dependencies: ClassVar = [("journal", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    ]
