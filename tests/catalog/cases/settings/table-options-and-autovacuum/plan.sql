begin;

alter table public.w reset (fillfactor);

alter table public.w set (autovacuum_enabled='false', autovacuum_vacuum_scale_factor='0.01', parallel_workers='2');

commit;
