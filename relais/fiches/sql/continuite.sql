-- No fiche is ever left without somebody who can act (docs/adr/0014): PostgreSQL refuses by itself.

-- A draft belongs to an équipe from its first line; those begun before get their owner's.
DO $$
DECLARE
    une record;
BEGIN
    FOR une IN SELECT code FROM public.annuaire_organisation LOOP
        PERFORM set_config('relais.organisation', une.code, true);
        UPDATE public.fiches_fiche f SET equipe_id = a.equipe_id, territoire_id = a.territoire_id
        FROM public.annuaire_affectation a
        WHERE f.equipe_id IS NULL AND f.departement_id = une.code AND a.active
          AND a.agent_id = f.proprietaire_id AND a.organisation_id = f.departement_id
          AND a.role IN ('travailleur_social', 'charge_accueil', 'encadrant');
    END LOOP;
    PERFORM set_config('relais.organisation', '', true);
END $$;

-- Whether that agent may act today on the fiches of that équipe, or at that caisse.
CREATE FUNCTION public.peut_suivre(p_agent bigint, p_organisation text, p_equipe bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.annuaire_affectation a JOIN public.annuaire_agent g ON g.id = a.agent_id
        WHERE a.agent_id = p_agent AND g.is_active AND a.active
          AND a.organisation_id = p_organisation
          AND CASE WHEN a.role IN ('travailleur_social', 'charge_accueil', 'encadrant')
              THEN p_equipe IS NULL OR a.equipe_id = p_equipe
              ELSE p_equipe IS NULL AND a.role IN ('agent_caisse', 'responsable_caisse') END
    )
$$;

-- 1. An account closed, a role withdrawn: not while fiches are in those hands. The wall is lifted
-- one organisation at a time: an agent may have fiches at several.
CREATE FUNCTION public.refuser_un_depart() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ici text := coalesce(current_setting('relais.organisation', true), '');
    qui bigint;
    une record;
    laissee boolean := false;
BEGIN
    IF TG_TABLE_NAME = 'annuaire_agent' THEN
        qui := OLD.id;
    ELSE
        qui := OLD.agent_id;
        -- Behind a fiche that is changing hands at this instant.
        PERFORM FROM public.annuaire_agent WHERE id = qui FOR NO KEY UPDATE;
    END IF;
    FOR une IN SELECT code FROM public.annuaire_organisation LOOP
        PERFORM set_config('relais.organisation', une.code, true);
        laissee := laissee OR EXISTS (
            SELECT FROM public.fiches_fiche f
            WHERE f.proprietaire_id = qui AND f.departement_id = une.code
              AND (f.statut NOT IN ('close', 'retiree')
                  OR f.statut = 'close' AND (f.reponse_lue_le IS NULL OR f.rouverte_le IS NOT NULL))
              AND NOT public.peut_suivre(qui, f.departement_id, f.equipe_id)
        ) OR EXISTS (
            SELECT FROM public.fiches_fiche f
            WHERE f.chargee_a_id = qui AND f.caisse_id = une.code
              AND f.statut IN ('transmise', 'prise_en_charge', 'complement_demande')
              AND NOT public.peut_suivre(qui, f.caisse_id, NULL)
        );
    END LOOP;
    PERFORM set_config('relais.organisation', ici, true);
    IF laissee THEN
        RAISE EXCEPTION 'departure refused: agent % still has open fiches', qui
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'aucune_fiche_sans_personne';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER refuser_un_depart AFTER UPDATE OF is_active ON annuaire_agent
FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
EXECUTE FUNCTION public.refuser_un_depart();

CREATE TRIGGER refuser_un_depart
AFTER UPDATE OF active, role, equipe_id, organisation_id, agent_id ON annuaire_affectation
FOR EACH ROW WHEN (OLD.active AND (NOT NEW.active OR NEW.role <> OLD.role
    OR NEW.equipe_id IS DISTINCT FROM OLD.equipe_id OR NEW.agent_id <> OLD.agent_id
    OR NEW.organisation_id <> OLD.organisation_id))
EXECUTE FUNCTION public.refuser_un_depart();

CREATE TRIGGER refuser_un_effacement AFTER DELETE ON annuaire_affectation
FOR EACH ROW WHEN (OLD.active)
EXECUTE FUNCTION public.refuser_un_depart();

-- 2. The other way: a fiche opened, reopened or handed over goes to somebody who can act. Their
-- account is held until the commit, so that it is not closed meanwhile.
CREATE FUNCTION public.exiger_quelqu_un() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.annuaire_agent
    WHERE id IN (NEW.proprietaire_id, NEW.chargee_a_id) ORDER BY id FOR SHARE;
    IF NOT public.peut_suivre(NEW.proprietaire_id, NEW.departement_id, NEW.equipe_id) THEN
        RAISE EXCEPTION 'fiche %: its owner cannot act on it', NEW.id
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'aucune_fiche_sans_personne';
    END IF;
    IF NEW.chargee_a_id IS NOT NULL
        AND NEW.statut IN ('transmise', 'prise_en_charge', 'complement_demande')
        AND NOT public.peut_suivre(NEW.chargee_a_id, NEW.caisse_id, NULL) THEN
        RAISE EXCEPTION 'fiche %: who is in charge of it cannot act on it', NEW.id
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'aucune_fiche_sans_personne';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER exiger_quelqu_un_d_emblee AFTER INSERT ON fiches_fiche
FOR EACH ROW WHEN (NEW.statut NOT IN ('close', 'retiree'))
EXECUTE FUNCTION public.exiger_quelqu_un();

CREATE TRIGGER exiger_quelqu_un
AFTER UPDATE OF proprietaire_id, chargee_a_id, equipe_id, statut, rouverte_le ON fiches_fiche
FOR EACH ROW WHEN ((NEW.statut NOT IN ('close', 'retiree')
    OR NEW.statut = 'close' AND (NEW.reponse_lue_le IS NULL OR NEW.rouverte_le IS NOT NULL)) AND (
    NEW.proprietaire_id <> OLD.proprietaire_id
    OR NEW.equipe_id IS DISTINCT FROM OLD.equipe_id
    OR NEW.chargee_a_id IS DISTINCT FROM OLD.chargee_a_id
    OR OLD.statut IN ('close', 'retiree')
    OR (NEW.chargee_a_id IS NOT NULL
        AND NEW.statut IN ('transmise', 'prise_en_charge', 'complement_demande')
        AND OLD.statut NOT IN ('transmise', 'prise_en_charge', 'complement_demande'))
))
EXECUTE FUNCTION public.exiger_quelqu_un();
