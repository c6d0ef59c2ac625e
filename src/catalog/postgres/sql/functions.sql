-- Functions, procedures and aggregates, these with the options of CREATE AGGREGATE unless they are ordered or have an
-- operator that sorts. Functions that came into being with a range type are left out.
SELECT
    p.oid,
    p.pronamespace,
    p.proname,
    p.prokind,
    l.lanname,
    p.provolatile,
    p.prosecdef,
    p.proisstrict,
    p.proconfig,
    pg_catalog.pg_get_function_arguments(p.oid),
    pg_catalog.pg_get_function_result(p.oid),
    CASE WHEN p.prokind = 'a' THEN aggregate.options ELSE p.prosrc END,
    p.procost::text,
    p.prorows::text,
    p.proparallel,
    p.proleakproof,
    p.proowner
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
LEFT JOIN LATERAL (
    SELECT pg_catalog.concat_ws(
        ', ',
        'SFUNC = ' || g.aggtransfn::text,
        'STYPE = ' || pg_catalog.format_type(g.aggtranstype, NULL),
        'FINALFUNC = ' || NULLIF(g.aggfinalfn::text, '-'),
        CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
        'COMBINEFUNC = ' || NULLIF(g.aggcombinefn::text, '-'),
        'SERIALFUNC = ' || NULLIF(g.aggserialfn::text, '-'),
        'DESERIALFUNC = ' || NULLIF(g.aggdeserialfn::text, '-'),
        'INITCOND = ' || pg_catalog.quote_literal(g.agginitval),
        'MSFUNC = ' || NULLIF(g.aggmtransfn::text, '-'),
        'MINVFUNC = ' || NULLIF(g.aggminvtransfn::text, '-'),
        'MSTYPE = ' || pg_catalog.format_type(NULLIF(g.aggmtranstype, 0), NULL),
        'MFINALFUNC = ' || NULLIF(g.aggmfinalfn::text, '-'),
        CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
        'MINITCOND = ' || pg_catalog.quote_literal(g.aggminitval)
    ) AS options
    FROM pg_catalog.pg_aggregate AS g
    WHERE g.aggfnoid = p.oid AND g.aggkind = 'n' AND g.aggsortop = 0
) AS aggregate ON p.prokind = 'a'
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'i'
    );
