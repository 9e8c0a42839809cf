create table measures (id bigserial, at timestamptz not null, value numeric, constraint measures_pkey primary key (id, at)) partition by range (at);
create table measures_2024 partition of measures for values from ('2024-01-01') to ('2025-01-01');
create table measures_rest partition of measures default;
create index measures_at on measures (at);
create view last_measures as select * from measures;
comment on table measures is 'many';
grant select on measures to public;
