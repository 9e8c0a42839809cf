begin;

alter publication p drop table only public.t;

create schema app;

create table app.x (
  id integer not null,
  constraint x_pkey PRIMARY KEY (id)
);

alter publication p set (publish = 'insert, update');

alter publication p set (publish_via_partition_root = true);

alter publication p add table only public.t where ((id > 1));

alter publication p add tables in schema app;

commit;
