begin;

alter table public.t reset (autovacuum_enabled, toast.autovacuum_enabled);

alter table public.t set (fillfactor='60', autovacuum_vacuum_scale_factor='0.2', toast.autovacuum_vacuum_threshold='77');

commit;
