begin;

drop view a.v;

-- loses all rows of a.t
drop table a.t;

drop schema a;

create sequence b.t_id_seq as integer;

create table b.t (
  id integer default nextval('b.t_id_seq'::regclass) constraint t_id_not_null not null,
  b text,
  constraint t_pkey PRIMARY KEY (id)
);

create or replace view b.v as
 SELECT id,
    b
   FROM b.t;

alter sequence b.t_id_seq owned by b.t.id;

commit;
