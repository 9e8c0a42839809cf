begin;

set check_function_bodies = off;

drop view a.v;

-- loses all rows of a.t1
drop table a.t1;

drop function a.f();

drop type a.e;

drop schema a;

create schema b;

create type b.e as enum (
  'x'
);

CREATE OR REPLACE FUNCTION b.f()
 RETURNS b.e
 LANGUAGE sql
AS $function$ select 'x'::b.e $function$;

create sequence b.t1_id_seq as integer;

create table b.t1 (
  id integer default nextval('b.t1_id_seq'::regclass) not null,
  e b.e default 'x'::b.e,
  constraint t1_pkey PRIMARY KEY (id)
);

create or replace view b.v as
 SELECT id,
    e
   FROM b.t1;

alter sequence b.t1_id_seq owned by b.t1.id;

commit;
