-- The wall: each organisation sees its own rows, whatever the query (docs/adr/0004).

ALTER TABLE reperage_personne ENABLE ROW LEVEL SECURITY;
ALTER TABLE reperage_personne FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON reperage_personne USING (
    organisation_id = (SELECT current_setting('relais.organisation', true))
);

ALTER TABLE reperage_import ENABLE ROW LEVEL SECURITY;
ALTER TABLE reperage_import FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON reperage_import USING (
    organisation_id = (SELECT current_setting('relais.organisation', true))
);

ALTER TABLE reperage_morceau ENABLE ROW LEVEL SECURITY;
ALTER TABLE reperage_morceau FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON reperage_morceau USING (
    organisation_id = (SELECT current_setting('relais.organisation', true))
);

ALTER TABLE reperage_lot ENABLE ROW LEVEL SECURITY;
ALTER TABLE reperage_lot FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON reperage_lot USING (
    organisation_id = (SELECT current_setting('relais.organisation', true))
);
