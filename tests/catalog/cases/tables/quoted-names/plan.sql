begin;

drop index public."Ix";

alter table only "My.Schema"."t.u" alter column "c.d" drop default;

alter sequence "My.Schema"."t.u_c.d_seq" as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1 no cycle;

alter table "My.Schema"."t.u" alter column "c.d" type bigint;

alter table public."Order" alter column "Select" type bigint;

alter table public."Order" alter column "a b" set not null;

alter table "My.Schema"."t.u" add column "E" integer default 3;

comment on column "My.Schema"."t.u"."E" is 'c';

alter table public."Order" alter column "ü" type text;

alter table only "My.Schema"."t.u" alter column "c.d" set default nextval('"My.Schema"."t.u_c.d_seq"'::regclass);

alter table only public."Order" alter column "a b" set default 'x'::text;

create or replace view "My.Schema"."V" as
 SELECT "Select"
   FROM public."Order";

alter table public."Order" add constraint "Order_quo""te_check" CHECK (("quo""te" > 0));

CREATE INDEX "Ix" ON public."Order" USING btree (lower("a b"));

commit;
