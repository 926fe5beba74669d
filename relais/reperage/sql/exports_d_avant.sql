-- Lists made before their kind of key was their own: nothing opens them any more. Their keys are to be
-- destroyed as those of files were, and their authors ask again (docs/adr/0031).

ALTER TABLE reperage_export NO FORCE ROW LEVEL SECURITY;
INSERT INTO fiches_effacement (objet_id, genre, organisation, engage_le, regle, du_le)
    SELECT id, 'depot', organisation_id, now(), 'depot_fini', now()
    FROM reperage_export WHERE pris_le IS NULL;
DELETE FROM reperage_export;
ALTER TABLE reperage_export FORCE ROW LEVEL SECURITY;
