create function d() returns int language sql immutable as 'select 1';
create table t (a int default d(), b timestamptz default now(), c uuid default gen_random_uuid(), d date default current_date, e text default 'a' || 'b', f int[] default '{}', g jsonb default '{}'::jsonb);
