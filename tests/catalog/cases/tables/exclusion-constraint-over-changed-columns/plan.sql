begin;

alter table public.r drop constraint no_clash;

alter table public.r alter column id type bigint,
  alter column room type int8range using room::text::int8range,
  alter column during type tstzrange using during::text::tstzrange;

alter table public.r add constraint no_clash EXCLUDE USING gist (room WITH =, during WITH &&) WHERE ((id > 0)) DEFERRABLE INITIALLY DEFERRED;

commit;
