begin;

alter table b.x drop constraint x_id_fkey;

alter table a.x drop constraint x_pkey;

alter table a.x alter column id type bigint;

alter table a.x alter column id drop not null;

alter table b.x alter column id type bigint;

alter table b.x alter column id set not null;

alter table b.x add constraint x_pkey PRIMARY KEY (id);

alter table a.x add constraint x_id_fkey FOREIGN KEY (id) REFERENCES b.x(id);

commit;
