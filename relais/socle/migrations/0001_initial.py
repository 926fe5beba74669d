"""Alerts, the cache's table (as `createcachetable` makes it) and f_unaccent."""

from typing import ClassVar

from django.db import migrations, models

CACHE = """
CREATE TABLE socle_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX socle_cache_expires ON socle_cache (expires);
"""
# Sorting as people read: `lower(f_unaccent(nom))`. No extension to install, and IMMUTABLE, so that
# an index can hold it. An accent is a mark taken off its letter; letters without one are listed.
SANS_ACCENT = r"""
CREATE FUNCTION f_unaccent(texte text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(replace(replace(
    translate(
        regexp_replace(normalize(texte, NFD), '[\u0300-\u036F]', '', 'g'),
        'øØđĐłŁıʼ’', 'oOdDlLi'''''
    ),
    'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss');
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="Alerte",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("courriel", "Un courriel n’est pas parti"),
                            ("travail", "Une tâche de fond a échoué"),
                            ("copie_du_coffre", "La copie du coffre est en retard"),
                            ("journal", "Le journal est altéré"),
                            ("convention", "La convention a changé sans être enregistrée"),
                        ],
                        max_length=20,
                    ),
                ),
                ("objet", models.CharField(blank=True, max_length=80)),
                ("ouverte_le", models.DateTimeField()),
                ("close_le", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(close_le__isnull=True),
                        fields=("nature", "objet"),
                        name="alerte_ouverte_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(close_le__isnull=True)
                        | models.Q(close_le__gte=models.F("ouverte_le")),
                        name="alerte_close_apres_son_ouverture",
                    ),
                ]
            },
        ),
        migrations.RunSQL(CACHE, "DROP TABLE socle_cache"),
        migrations.RunSQL(SANS_ACCENT, "DROP FUNCTION f_unaccent(text)"),
    ]
