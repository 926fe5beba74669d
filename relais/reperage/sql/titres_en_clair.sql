-- Titles of columns that were kept in clear, some of which may have been somebody's data: why a file was
-- refused, which quoted them, and what an organisation said of them. Its columns are to be said again.

ALTER TABLE reperage_import NO FORCE ROW LEVEL SECURITY;
UPDATE reperage_import SET phrase = '' WHERE etat = 'refuse' AND phrase <> '';
UPDATE reperage_import SET phrase = 'Dites ce que contiennent les colonnes de ce fichier.'
    WHERE etat = 'pret' AND phrase <> '';
ALTER TABLE reperage_import FORCE ROW LEVEL SECURITY;

TRUNCATE reperage_correspondance;
ALTER TABLE reperage_correspondance ENABLE ROW LEVEL SECURITY;
ALTER TABLE reperage_correspondance FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON reperage_correspondance USING (
    organisation_id = (SELECT current_setting('relais.organisation', true))
);
