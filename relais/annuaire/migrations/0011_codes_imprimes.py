"""Printed codes made until now were sealed, not hashed: none opens any more, and login says so."""

from django.db import migrations


def oublier(apps, schema_editor):
    codes = apps.get_model("mfa", "Authenticator").objects.filter(type="recovery_codes")
    codes.update(data={"empreintes": {}})


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0010_comptes_effaces"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(oublier, migrations.RunPython.noop)]
