-- The wall: each organisation sees its own rows, whatever the query (docs/adr/0004).

ALTER TABLE reperage_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE reperage_export FORCE ROW LEVEL SECURITY;
CREATE POLICY mur ON reperage_export USING (
    organisation_id = (SELECT current_setting('relais.organisation', true))
);
