begin;

alter table public.t drop constraint t_r_excl;

alter table public.t add constraint x EXCLUDE USING gist (r WITH &&, s WITH -|-) WHERE ((a > 0)) DEFERRABLE;

commit;
