-- Holds are the Département's own: the caisse's copies know nothing of them.
ALTER TABLE rgpd_retenue ENABLE ROW LEVEL SECURITY;
ALTER TABLE rgpd_retenue FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON rgpd_retenue USING (
    departement_id = (SELECT current_setting('relais.organisation', true))
);

-- They go with their fiche, whatever deletes it.
ALTER TABLE rgpd_retenue
    ADD CONSTRAINT retenue_d_une_fiche FOREIGN KEY (fiche_id)
        REFERENCES fiches_fiche (id) ON DELETE CASCADE;
