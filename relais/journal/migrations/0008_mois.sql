-- Months of the journal (docs/adr/0023-mois-du-journal.md): events are partitioned by `cree_le`, links
-- by `lie_le`, on midnights of Paris. Today's tables become the first month: no row is written again.
-- Who serves reaches a month through its parent alone. What is not said by the parent (keys, wall,
-- refusals of a whole statement) is laid on each month by `journal_murer_le_mois`.

-- 1. The first month leaves its names and row triggers to the parent.
ALTER TABLE public.journal_evenement RENAME TO journal_evenement_origine;
ALTER TABLE public.journal_maillon RENAME TO journal_maillon_origine;
ALTER INDEX public.journal_par_date RENAME TO journal_origine_par_date;
ALTER INDEX public.journal_par_objet RENAME TO journal_origine_par_objet;
ALTER INDEX public.journal_par_agent RENAME TO journal_origine_par_agent;
ALTER INDEX public.journal_par_action RENAME TO journal_origine_par_action;
DROP TRIGGER recevoir ON public.journal_evenement_origine;
DROP TRIGGER lier ON public.journal_evenement_origine;
DROP TRIGGER refuser ON public.journal_evenement_origine;
DROP TRIGGER refuser ON public.journal_maillon_origine;
DROP POLICY lecture ON public.journal_evenement_origine;
DROP POLICY ajout ON public.journal_evenement_origine;
DROP POLICY lecture ON public.journal_maillon_origine;
DROP POLICY ajout ON public.journal_maillon_origine;

CREATE TABLE public.journal_evenement
    (LIKE public.journal_evenement_origine INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (cree_le);
CREATE TABLE public.journal_maillon
    (LIKE public.journal_maillon_origine INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (lie_le);
ALTER SEQUENCE public.journal_evenement_id_seq OWNED BY public.journal_evenement.id;

-- 2. The time of an event decides of its month before any trigger: it has a default, which the
-- trigger gives again. `statement_timestamp()` is the same for both; a caller's own time is
-- replaced, or refused when it leads to another month.
ALTER TABLE public.journal_evenement ALTER COLUMN cree_le SET DEFAULT statement_timestamp();

CREATE OR REPLACE FUNCTION public.journal_recevoir() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ecrites text := coalesce(current_setting('relais.journal_organisations', true), '');
BEGIN
    NEW.id := nextval('public.journal_evenement_id_seq');
    NEW.cree_le := statement_timestamp();
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

-- The link that a head moves to was made a moment ago: one month is read, not all of them.
CREATE OR REPLACE FUNCTION public.journal_avancer() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hier timestamptz := clock_timestamp() - interval '1 day';
    demain timestamptz := clock_timestamp() + interval '1 day';
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
                AND m.lie_le >= hier AND m.lie_le < demain
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'La tête de la chaîne de % ne va pas avec son dernier maillon.', NEW.organisation
        USING ERRCODE = 'insufficient_privilege';
END
$$;

-- The row of a chain is there but for its first act: it is looked for before it is made.
CREATE OR REPLACE FUNCTION public.journal_verrouiller() RETURNS void
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
        PERFORM FROM public.journal_chaine WHERE organisation = code FOR UPDATE;
        IF NOT FOUND THEN
            INSERT INTO public.journal_chaine (organisation, sequence, empreinte)
                VALUES (code, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
            PERFORM FROM public.journal_chaine WHERE organisation = code FOR UPDATE;
        END IF;
    END LOOP;
    PERFORM set_config('relais.journal_verrous', ecrites, true);
END
$$;

-- The same digest (0002_chaine.sql) in one expression: a third of its time.
CREATE OR REPLACE FUNCTION public.journal_empreinte(
    organisation text, sequence bigint, lie_le timestamptz, evenement bigint, cree_le timestamptz,
    agent uuid, action text, objet text, issue text, nombre bigint, precedent bytea
) RETURNS bytea
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    qui bytea := coalesce(uuid_send(agent), '');
BEGIN
    RETURN sha256(
        int4send(16) || convert_to('relais.journal.1', 'UTF8')
        || int4send(octet_length(organisation)) || convert_to(organisation, 'UTF8')
        || int4send(8) || int8send(sequence)
        || int4send(8) || int8send((extract(epoch FROM lie_le) * 1000000)::bigint)
        || int4send(8) || int8send(evenement)
        || int4send(8) || int8send((extract(epoch FROM cree_le) * 1000000)::bigint)
        || int4send(octet_length(qui)) || qui
        || int4send(octet_length(action)) || convert_to(action, 'UTF8')
        || int4send(octet_length(objet)) || convert_to(objet, 'UTF8')
        || int4send(octet_length(issue)) || convert_to(issue, 'UTF8')
        || int4send(8) || int8send(nombre)
        || int4send(octet_length(precedent)) || precedent
    );
END
$$;

-- 3. The wall and the refusals of the parents. `entretien` is for the functions below alone: they
-- count and sign for every organisation.
ALTER TABLE public.journal_evenement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE public.journal_maillon ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY lecture ON public.journal_evenement FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_evenement FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY lecture ON public.journal_maillon FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_maillon FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY entretien ON public.journal_maillon FOR SELECT TO CURRENT_USER
    USING ((SELECT current_setting('relais.entretien', true)) = 'oui');

CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_evenement
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_maillon
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
ALTER TABLE public.journal_evenement ENABLE ALWAYS TRIGGER refuser;
ALTER TABLE public.journal_maillon ENABLE ALWAYS TRIGGER refuser;

-- 4. A month. Uniqueness over all months would need the time in each key: each month has its own,
-- and from one to the next the lock of the chain and its check answer for the sequence.
CREATE FUNCTION public.journal_murer_le_mois(mois regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', mois);
    EXECUTE format(
        'CREATE POLICY lecture ON %s FOR SELECT'
        ' USING (organisation = (SELECT current_setting(''relais.organisation'', true)))', mois
    );
    EXECUTE format(
        'CREATE POLICY entretien ON %s FOR SELECT TO CURRENT_USER'
        ' USING ((SELECT current_setting(''relais.entretien'', true)) = ''oui'')', mois
    );
    EXECUTE format(
        'CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
        ' FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser()', mois
    );
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuser', mois);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', mois);
    EXECUTE format('GRANT SELECT ON %s TO sauvegarde', mois);  -- pg_dump reads each month
END
$$;

CREATE FUNCTION public.journal_creer_le_mois(parent text, nom text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE public.%I (LIKE public.%I INCLUDING CONSTRAINTS)',
        nom, parent
    );
    IF parent = 'journal_evenement' THEN
        EXECUTE format('ALTER TABLE public.%I ADD PRIMARY KEY (id)', nom);
    ELSE
        EXECUTE format(
            'ALTER TABLE public.%I ADD PRIMARY KEY (evenement), ADD UNIQUE (organisation, sequence)',
            nom
        );
    END IF;
    PERFORM public.journal_murer_le_mois(('public.' || quote_ident(nom))::regclass);
END
$$;

-- The months of a parent, the default one (without an end) last.
CREATE FUNCTION public.journal_mois(parent text)
    RETURNS TABLE (mois regclass, debut timestamptz, fin timestamptz, par_defaut boolean)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' AS $$
    SELECT c.oid::regclass,
        (regexp_match(bornes, 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
        (regexp_match(bornes, 'TO \(''([^'']+)''\)'))[1]::timestamptz,
        bornes = 'DEFAULT'
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    CROSS JOIN LATERAL pg_get_expr(c.relpartbound, c.oid) AS bornes
    WHERE i.inhparent = ('public.' || quote_ident(parent))::regclass
    ORDER BY 3 NULLS LAST
$$;

CREATE FUNCTION public.journal_minuit_du_mois(instant timestamptz, apres integer)
    RETURNS timestamptz
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (date_trunc('month', instant AT TIME ZONE 'Europe/Paris')
        + make_interval(months => apres)) AT TIME ZONE 'Europe/Paris'
$$;

CREATE FUNCTION public.journal_nom_du_mois(parent text, debut timestamptz) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT parent || to_char(debut AT TIME ZONE 'Europe/Paris', '_YYYY_MM_DD')
$$;

-- 5. Today's tables, then a default month: an act of a time that has no month yet is kept there.
SELECT public.journal_murer_le_mois('public.journal_evenement_origine'),
    public.journal_murer_le_mois('public.journal_maillon_origine');
SELECT public.journal_creer_le_mois('journal_evenement', 'journal_evenement_attente'),
    public.journal_creer_le_mois('journal_maillon', 'journal_maillon_attente');
DO $$
DECLARE
    parent text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['journal_evenement', 'journal_maillon'] LOOP
        EXECUTE format(
            'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (MINVALUE) TO (%L)',
            parent, parent || '_origine', public.journal_minuit_du_mois(clock_timestamp(), 1)
        );
        EXECUTE format(
            'ALTER TABLE public.%I ATTACH PARTITION public.%I DEFAULT',
            parent, parent || '_attente'
        );
    END LOOP;
END
$$;
CREATE INDEX journal_par_date ON public.journal_evenement (organisation, cree_le);
CREATE INDEX journal_par_objet ON public.journal_evenement (organisation, objet)
    WHERE NOT (objet = '');
CREATE INDEX journal_par_agent ON public.journal_evenement (organisation, agent, cree_le)
    WHERE agent IS NOT NULL;
CREATE INDEX journal_par_action ON public.journal_evenement (organisation, action, cree_le);

-- PostgreSQL gives these to each month, those made later too.
CREATE TRIGGER recevoir BEFORE INSERT ON public.journal_evenement
    FOR EACH ROW EXECUTE FUNCTION public.journal_recevoir();
CREATE CONSTRAINT TRIGGER lier AFTER INSERT ON public.journal_evenement
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION public.journal_lier();
ALTER TABLE public.journal_evenement ENABLE ALWAYS TRIGGER recevoir, ENABLE ALWAYS TRIGGER lier;

-- 6. Months ahead. No argument: this month and the three after it, whoever asks.
CREATE FUNCTION public.journal_ouvrir_le_mois(
    parent text, cle text, debut timestamptz, fin timestamptz
) RETURNS timestamptz
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    attente text := parent || '_attente';
    nom text := public.journal_nom_du_mois(parent, debut);
    dernier timestamptz;
BEGIN
    EXECUTE format('SELECT max(%I) FROM public.%I', cle, attente) INTO dernier;
    IF dernier IS NOT NULL THEN
        -- Acts were kept in wait: their table becomes the month itself, as long as they need.
        fin := greatest(fin, public.journal_minuit_du_mois(dernier, 1));
        EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', parent, attente);
        EXECUTE format('ALTER TABLE public.%I RENAME TO %I', attente, nom);
    ELSE
        PERFORM public.journal_creer_le_mois(parent, nom);
    END IF;
    EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        parent, nom, debut, fin
    );
    IF dernier IS NOT NULL THEN
        PERFORM public.journal_creer_le_mois(parent, attente);
        EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I DEFAULT', parent, attente);
    END IF;
    RETURN fin;
END
$$;

CREATE FUNCTION public.entretien_preparer_les_mois() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '2s'  -- acts wait behind this, never for long
    AS $$
DECLARE
    voulue timestamptz := public.journal_minuit_du_mois(clock_timestamp(), 4);
    faits integer := 0;
    debut timestamptz;
    parent text;
    cle text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('journal_mois', 0));
    PERFORM set_config('relais.entretien', 'oui', true);
    FOR parent, cle IN VALUES ('journal_evenement', 'cree_le'), ('journal_maillon', 'lie_le') LOOP
        SELECT max(m.fin) INTO debut FROM public.journal_mois(parent) m;
        WHILE debut < voulue LOOP
            debut := public.journal_ouvrir_le_mois(
                parent, cle, debut, public.journal_minuit_du_mois(debut, 1)
            );
            faits := faits + 1;
        END LOOP;
    END LOOP;
    PERFORM set_config('relais.entretien', '', true);
    RETURN faits;
END
$$;

CREATE FUNCTION public.entretien_mois_prets() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT least(
        (SELECT max(m.fin) FROM public.journal_mois('journal_evenement') m),
        (SELECT max(m.fin) FROM public.journal_mois('journal_maillon') m)
    )
$$;

CREATE FUNCTION public.entretien_mois_le_plus_ancien() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(m.fin) FROM public.journal_mois('journal_maillon') m
$$;

-- 7. Months dropped: the head and the count of what goes, for each chain, signed and kept.
ALTER TABLE public.journal_moissupprime ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY lecture ON public.journal_moissupprime FOR SELECT
    USING (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY ajout ON public.journal_moissupprime FOR INSERT
    WITH CHECK (organisation = (SELECT current_setting('relais.organisation', true)));
CREATE POLICY entretien ON public.journal_moissupprime FOR SELECT TO CURRENT_USER
    USING ((SELECT current_setting('relais.entretien', true)) = 'oui');
ALTER TABLE public.journal_moissupprime
    ADD CONSTRAINT journal_moissupprime_octets
        CHECK (octet_length(empreinte) = 32 AND octet_length(signature) = 64);

-- The law's floor (CRPA R.114-9-7), whatever is asked: a younger month is never dropped.
CREATE FUNCTION public.journal_limite(mois integer) RETURNS timestamptz
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF mois IS NULL OR mois < 36 THEN
        RAISE EXCEPTION 'Le journal se garde 36 mois au moins.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN clock_timestamp() - make_interval(months => mois);
END
$$;

-- What each chain loses with the months that are due: its head and its count, the oldest first.
CREATE FUNCTION public.entretien_mois_echus(mois integer)
    RETURNS TABLE (organisation text, fin timestamptz, sequence bigint, empreinte bytea, nombre bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    limite timestamptz := public.journal_limite(mois);
    echu record;
BEGIN
    PERFORM set_config('relais.entretien', 'oui', true);
    FOR echu IN
        SELECT m.mois, m.fin FROM public.journal_mois('journal_maillon') m WHERE m.fin <= limite
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT DISTINCT ON (m.organisation) m.organisation::text, $1, m.sequence, m.empreinte,'
            ' count(*) OVER (PARTITION BY m.organisation)'
            ' FROM %s m ORDER BY m.organisation, m.sequence DESC', echu.mois
        ) USING echu.fin;
    END LOOP;
    PERFORM set_config('relais.entretien', '', true);
END
$$;

-- A row says what the months say, and of a month that is due.
CREATE FUNCTION public.journal_supprimer_un_mois() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.entretien_mois_echus(36) e
        WHERE e.organisation = NEW.organisation AND e.fin = NEW.fin
            AND e.sequence = NEW.sequence AND e.empreinte = NEW.empreinte AND e.nombre = NEW.nombre
    ) THEN
        RAISE EXCEPTION 'Ce mois du journal de % n’est pas échu, ou n’a pas cette tête.',
            NEW.organisation USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER supprimer BEFORE INSERT ON public.journal_moissupprime
    FOR EACH ROW EXECUTE FUNCTION public.journal_supprimer_un_mois();
CREATE TRIGGER refuser BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_moissupprime
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
ALTER TABLE public.journal_moissupprime
    ENABLE ALWAYS TRIGGER supprimer, ENABLE ALWAYS TRIGGER refuser;

-- Links go first, months whose every chain has its row; events once no link kept names them any
-- more (one may have been linked past midnight).
CREATE FUNCTION public.entretien_supprimer_les_mois(mois integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '2s'  -- acts wait behind this, never for long
    AS $$
DECLARE
    limite timestamptz := public.journal_limite(mois);
    supprimes integer := 0;
    echu record;
    vu boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('journal_mois', 0));
    PERFORM set_config('relais.entretien', 'oui', true);
    FOR echu IN
        SELECT m.mois, m.fin FROM public.journal_mois('journal_maillon') m WHERE m.fin <= limite
    LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %s m WHERE NOT EXISTS ('
            'SELECT FROM public.journal_moissupprime s'
            ' WHERE s.organisation = m.organisation AND s.fin = $1))', echu.mois
        ) INTO vu USING echu.fin;
        IF vu THEN
            RAISE EXCEPTION 'Le mois % du journal perdrait une tête qui n’est pas signée.', echu.mois
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        EXECUTE format('DROP TABLE %s', echu.mois);
        supprimes := supprimes + 1;
    END LOOP;
    SELECT min(m.debut) INTO limite FROM public.journal_mois('journal_maillon') m
        HAVING bool_and(m.debut IS NOT NULL OR m.par_defaut);
    FOR echu IN
        SELECT m.mois FROM public.journal_mois('journal_evenement') m WHERE m.fin <= limite
    LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %s e JOIN public.journal_maillon m ON m.evenement = e.id)',
            echu.mois
        ) INTO vu;
        EXIT WHEN vu;
        EXECUTE format('DROP TABLE %s', echu.mois);
        supprimes := supprimes + 1;
    END LOOP;
    PERFORM set_config('relais.entretien', '', true);
    RETURN supprimes;
END
$$;

REVOKE ALL ON FUNCTION
    public.journal_murer_le_mois(regclass), public.journal_creer_le_mois(text, text),
    public.journal_mois(text), public.journal_minuit_du_mois(timestamptz, integer),
    public.journal_nom_du_mois(text, timestamptz),
    public.journal_ouvrir_le_mois(text, text, timestamptz, timestamptz),
    public.journal_limite(integer), public.journal_supprimer_un_mois(),
    public.entretien_preparer_les_mois(), public.entretien_mois_prets(),
    public.entretien_mois_le_plus_ancien(),
    public.entretien_mois_echus(integer), public.entretien_supprimer_les_mois(integer)
FROM PUBLIC;
SELECT public.entretien_preparer_les_mois();
