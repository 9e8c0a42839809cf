create function f() returns int language sql stable strict security definer leakproof parallel safe cost 5 set search_path = pg_catalog, pg_temp set work_mem = '8MB' as 'select 1';
