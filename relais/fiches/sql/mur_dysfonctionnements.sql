-- Malfunctions and what became of them: the two parties of the convention, and nobody else.

UPDATE fiches_dysfonctionnement d
SET departement_id = c.departement_id, caisse_id = c.caisse_id,
    reponse_due_le = d.signale_le + interval '10 days'
FROM annuaire_convention c WHERE c.code = d.convention_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE fiches_dysfonctionnement
    ALTER COLUMN departement_id SET NOT NULL,
    ALTER COLUMN caisse_id SET NOT NULL,
    ALTER COLUMN reponse_due_le SET NOT NULL;

ALTER TABLE fiches_dysfonctionnement ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_dysfonctionnement FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_dysfonctionnement USING (
    departement_id = (SELECT current_setting('relais.organisation', true))
    OR caisse_id = (SELECT current_setting('relais.organisation', true))
);

ALTER TABLE fiches_faitdysfonctionnement ENABLE ROW LEVEL SECURITY;
ALTER TABLE fiches_faitdysfonctionnement FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON fiches_faitdysfonctionnement USING (
    departement_id = (SELECT current_setting('relais.organisation', true))
    OR caisse_id = (SELECT current_setting('relais.organisation', true))
);
