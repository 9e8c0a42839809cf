begin;

drop index public."My Index";

alter table public."Order" alter column "user" type bigint,
  alter column "select" type character varying(5),
  alter column "Größe" type numeric;

comment on column public."Order"."a""b" is 'it''s';

alter table only public."Order" alter column "a""b" set default 5;

CREATE UNIQUE INDEX "My Index" ON public."Order" USING btree ("Größe");

commit;
