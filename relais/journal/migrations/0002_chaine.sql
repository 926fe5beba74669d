-- The wall, the chain and the refusals of the journal (docs/adr/0006-journal.md).
-- Functions run as their owner, `proprietaire`, on whom the wall is forced too: each one opens it
-- for the organisation it writes for, and gives back what it found.

-- 1. The wall: an organisation reads and writes its own journal alone.
ALTER TABLE public.journal_evenement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE public.journal_maillon ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE public.journal_chaine ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY lecture ON public.journal_evenement FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_evenement FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY lecture ON public.journal_maillon FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_maillon FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY lecture ON public.journal_chaine FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_chaine FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY avance ON public.journal_chaine FOR UPDATE
    USING (organisation = (SELECT current_setting('relais.organisation', true)));

ALTER TABLE public.journal_maillon
    ADD CONSTRAINT journal_maillon_sequence CHECK (sequence > 0),
    ADD CONSTRAINT journal_maillon_empreintes
        CHECK (octet_length(precedent) = 32 AND octet_length(empreinte) = 32);
ALTER TABLE public.journal_chaine
    ADD CONSTRAINT journal_chaine_organisation CHECK (organisation ~ '^[a-z][a-z0-9-]{0,39}$'),
    ADD CONSTRAINT journal_chaine_empreinte CHECK (octet_length(empreinte) = 32),
    SET (fillfactor = 20);  -- one row rewritten at each act: room for it in its own page

-- 2. The number and the time of an event come from the database, whatever the caller gives.
ALTER TABLE public.journal_evenement
    ALTER COLUMN id DROP IDENTITY,
    ALTER COLUMN cree_le DROP DEFAULT;
CREATE SEQUENCE public.journal_evenement_id_seq OWNED BY public.journal_evenement.id;

CREATE FUNCTION public.journal_recevoir() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ecrites text := coalesce(current_setting('relais.journal_organisations', true), '');
BEGIN
    NEW.id := nextval('public.journal_evenement_id_seq');
    NEW.cree_le := clock_timestamp();
    -- Local settings follow savepoints: an event rolled back leaves this list with it.
    IF NEW.organisation <> ALL (string_to_array(ecrites, ',')) THEN
        PERFORM set_config(
            'relais.journal_organisations',
            concat_ws(',', nullif(ecrites, ''), NEW.organisation),
            true
        );
    END IF;
    RETURN NEW;
END
$$;

-- 3. The digest: SHA-256 of the fields, each after its length (4 bytes, big-endian).
-- Integers: 8 bytes, big-endian; times: microseconds since 1970; text: UTF-8; nobody: empty.
-- relais/journal/controle.py computes the same.
CREATE FUNCTION public.journal_empreinte(
    organisation text, sequence bigint, lie_le timestamptz, evenement bigint, cree_le timestamptz,
    agent uuid, action text, objet text, issue text, nombre bigint, precedent bytea
) RETURNS bytea
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    suite bytea := '';
    champ bytea;
BEGIN
    FOREACH champ IN ARRAY ARRAY[
        convert_to('relais.journal.1', 'UTF8'),
        convert_to(organisation, 'UTF8'),
        int8send(sequence),
        int8send((extract(epoch FROM lie_le) * 1000000)::bigint),
        int8send(evenement),
        int8send((extract(epoch FROM cree_le) * 1000000)::bigint),
        coalesce(uuid_send(agent), ''),
        convert_to(action, 'UTF8'),
        convert_to(objet, 'UTF8'),
        convert_to(issue, 'UTF8'),
        int8send(nombre),
        precedent
    ] LOOP
        suite := suite || int4send(octet_length(champ)) || champ;
    END LOOP;
    RETURN sha256(suite);
END
$$;

-- 4. Linking, at commit: the locks are held for the commit alone.
-- All the chains the transaction writes are locked by the first event, in one order: two
-- transactions that write the same two chains never wait for each other.
CREATE FUNCTION public.journal_verrouiller() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ecrites text := coalesce(current_setting('relais.journal_organisations', true), '');
    code text;
BEGIN
    IF ecrites = current_setting('relais.journal_verrous', true) THEN
        RETURN;
    END IF;
    FOR code IN
        SELECT c COLLATE "C" FROM unnest(string_to_array(ecrites, ',')) AS c ORDER BY 1
    LOOP
        PERFORM set_config('relais.organisation', code, true);
        INSERT INTO public.journal_chaine (organisation, sequence, empreinte)
            VALUES (code, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
        PERFORM FROM public.journal_chaine WHERE organisation = code FOR UPDATE;
    END LOOP;
    PERFORM set_config('relais.journal_verrous', ecrites, true);
END
$$;

CREATE FUNCTION public.journal_lier() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mur text := coalesce(current_setting('relais.organisation', true), '');
    tete public.journal_chaine;
    instant timestamptz;
    nouvelle bytea;
BEGIN
    PERFORM public.journal_verrouiller();
    PERFORM set_config('relais.organisation', NEW.organisation, true);
    -- Locked again: the list above is a setting, and a setting proves nothing.
    SELECT * INTO STRICT tete FROM public.journal_chaine c
        WHERE c.organisation = NEW.organisation FOR UPDATE;
    instant := clock_timestamp();
    nouvelle := public.journal_empreinte(
        NEW.organisation, tete.sequence + 1, instant, NEW.id, NEW.cree_le,
        NEW.agent, NEW.action, NEW.objet, NEW.issue, NEW.nombre, tete.empreinte
    );
    INSERT INTO public.journal_maillon
        (evenement, organisation, sequence, lie_le, precedent, empreinte)
        VALUES (NEW.id, NEW.organisation, tete.sequence + 1, instant, tete.empreinte, nouvelle);
    UPDATE public.journal_chaine c
        SET sequence = tete.sequence + 1, empreinte = nouvelle
        WHERE c.organisation = NEW.organisation;
    PERFORM set_config('relais.organisation', mur, true);
    RETURN NULL;
END
$$;

-- 5. For other functions of the owner alone (laying a copy for the other party): the event of the
-- one who receives. No agent: the sender's pseudonym is nothing to the other organisation.
CREATE FUNCTION public.journal_consigner_pour(organisation text, action text, objet text)
    RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mur text := coalesce(current_setting('relais.organisation', true), '');
BEGIN
    PERFORM set_config('relais.organisation', organisation, true);
    INSERT INTO public.journal_evenement (organisation, action, objet, issue, nombre)
        VALUES (organisation, action, objet, 'fait', 1);
    PERFORM set_config('relais.organisation', mur, true);
END
$$;

-- 6. Refusals, for everybody, the owner included.
CREATE FUNCTION public.journal_refuser() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'Le journal ne se modifie pas : % refusé sur %.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

-- The head of a chain starts empty, and moves to a link that is there.
CREATE FUNCTION public.journal_avancer() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.sequence = 0
        AND NEW.empreinte = decode(repeat('00', 32), 'hex')
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.organisation = OLD.organisation
        AND EXISTS (
            SELECT FROM public.journal_maillon m
            WHERE m.organisation = NEW.organisation AND m.sequence = OLD.sequence + 1
                AND m.sequence = NEW.sequence
                AND m.precedent = OLD.empreinte AND m.empreinte = NEW.empreinte
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'La tête de la chaîne de % ne va pas avec son dernier maillon.', NEW.organisation
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER recevoir BEFORE INSERT ON public.journal_evenement
    FOR EACH ROW EXECUTE FUNCTION public.journal_recevoir();
CREATE CONSTRAINT TRIGGER lier AFTER INSERT ON public.journal_evenement
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION public.journal_lier();
CREATE TRIGGER avancer BEFORE INSERT OR UPDATE ON public.journal_chaine
    FOR EACH ROW EXECUTE FUNCTION public.journal_avancer();
CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_evenement
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_maillon
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER refuser BEFORE DELETE OR TRUNCATE ON public.journal_chaine
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();

-- Whatever session_replication_role says.
ALTER TABLE public.journal_evenement
    ENABLE ALWAYS TRIGGER recevoir, ENABLE ALWAYS TRIGGER lier, ENABLE ALWAYS TRIGGER refuser;
ALTER TABLE public.journal_maillon ENABLE ALWAYS TRIGGER refuser;
ALTER TABLE public.journal_chaine
    ENABLE ALWAYS TRIGGER avancer, ENABLE ALWAYS TRIGGER refuser;

REVOKE ALL ON FUNCTION
    public.journal_recevoir(), public.journal_verrouiller(), public.journal_lier(),
    public.journal_empreinte(
        text, bigint, timestamptz, bigint, timestamptz, uuid, text, text, text, bigint, bytea
    ),
    public.journal_consigner_pour(text, text, text), public.journal_refuser(),
    public.journal_avancer()
FROM PUBLIC;
