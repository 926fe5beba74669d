-- The five roles of the database, to be run once by a superuser; running it again changes nothing.
-- Passwords are set by the operator (ALTER ROLE … PASSWORD), never here: docs/exploitation.md.
--   proprietaire  owns the database, migrates it (`relais migrer`), is never used to serve
--   execution     serves pages and jobs: owns nothing, row-level security applies to it
--   entretien     partitions of the journal, through functions named entretien_*
--   sauvegarde    reads everything for pg_dump, row-level security set aside
--   controle      reads the journal alone
DO $$
DECLARE
    nom text;
BEGIN
    FOREACH nom IN ARRAY ARRAY['proprietaire', 'execution', 'entretien', 'sauvegarde', 'controle'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = nom) THEN
            EXECUTE format('CREATE ROLE %I', nom);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', nom
        );
    END LOOP;
    ALTER ROLE sauvegarde BYPASSRLS;
END
$$;
