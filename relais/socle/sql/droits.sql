-- What each role may do, run by `proprietaire` after every migration (`relais migrer`).
-- Running it again changes nothing: each table starts again from no right at all.
DO $$
DECLARE
    relation record;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO execution, entretien, sauvegarde, controle',
        current_database()
    );

    FOR relation IN
        SELECT c.oid::regclass AS nom, c.relname, c.relkind, c.relispartition
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace
          AND c.relkind IN ('r', 'p', 'v', 'S')
          AND pg_get_userbyid(c.relowner) = current_user
    LOOP
        IF relation.relkind = 'S' THEN
            EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM PUBLIC, execution', relation.nom);
            EXECUTE format('GRANT USAGE ON SEQUENCE %s TO execution', relation.nom);
            EXECUTE format('GRANT SELECT ON SEQUENCE %s TO sauvegarde', relation.nom);
            CONTINUE;
        END IF;
        EXECUTE format(
            'REVOKE ALL ON %s FROM PUBLIC, execution, entretien, controle', relation.nom
        );
        EXECUTE format('GRANT SELECT ON %s TO sauvegarde', relation.nom);
        IF relation.relname LIKE 'journal\_%' AND NOT relation.relispartition THEN
            EXECUTE format('GRANT SELECT ON %s TO controle', relation.nom);
        END IF;
        -- Never TRUNCATE, REFERENCES or TRIGGER. A partition is reached through its parent.
        CASE
            WHEN relation.relispartition THEN
                NULL;
            WHEN relation.relname IN ('journal_maillon', 'journal_chaine', 'django_migrations') THEN
                EXECUTE format('GRANT SELECT ON %s TO execution', relation.nom);
            WHEN relation.relname IN (
                'journal_evenement', 'journal_repere', 'journal_clepublique', 'journal_verdict',
                'journal_fautedite', 'journal_certificat', 'journal_moissupprime'
            ) THEN
                EXECUTE format('GRANT SELECT, INSERT ON %s TO execution', relation.nom);
            ELSE
                EXECUTE format(
                    'GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO execution', relation.nom
                );
        END CASE;
    END LOOP;

    FOR relation IN
        SELECT p.oid::regprocedure AS nom, p.proname
        FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace
          AND p.prokind = 'f'
          AND pg_get_userbyid(p.proowner) = current_user
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, execution, entretien', relation.nom);
        IF relation.proname LIKE 'entretien\_%' THEN
            -- The worker runs them too: they take nothing that could shorten the law's retention.
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO entretien, execution', relation.nom);
        ELSIF relation.proname NOT LIKE 'journal\_%' THEN  -- those are for triggers and definers
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO execution', relation.nom);
        END IF;
    END LOOP;
END
$$;
GRANT USAGE ON SCHEMA public TO execution, entretien, sauvegarde, controle;
