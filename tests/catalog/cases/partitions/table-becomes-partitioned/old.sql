create table measures (id bigserial, at timestamptz not null, value numeric, constraint measures_pkey primary key (id));
create index measures_at on measures (at);
create view last_measures as select * from measures;
comment on table measures is 'many';
grant select on measures to public;
