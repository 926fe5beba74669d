-- From when the people already kept are counted: the last file that told of them, or the day before the
-- end that was computed for them where that file was dated ahead of its time.

ALTER TABLE reperage_personne NO FORCE ROW LEVEL SECURITY;
UPDATE reperage_personne SET compte_du = LEAST(
    vue_le, ((a_purger_le AT TIME ZONE 'Europe/Paris')::date - interval '12 months 1 day')::date
);
ALTER TABLE reperage_personne FORCE ROW LEVEL SECURITY;
