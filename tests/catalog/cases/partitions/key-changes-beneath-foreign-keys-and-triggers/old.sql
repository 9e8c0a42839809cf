create table p (tenant int not null, id int not null, primary key (tenant, id)) partition by list (tenant);
create table p1 partition of p for values in (1);
create table c (tenant int, p_id int, constraint c_p foreign key (tenant, p_id) references p (tenant, id));
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger t before insert on p for each row execute function touch();
alter table p enable row level security;
create policy own on p using (tenant = 1);
comment on table p is 'by tenant';
comment on column p.id is 'number';
