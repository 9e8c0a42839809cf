create function d2() returns int language sql immutable as 'select 1';
create table t (a int default d2() + 1, b timestamptz default clock_timestamp(), c uuid, d date default '2020-01-01', e text default current_user, f int[] default array[1,2], g jsonb default '[]'::jsonb);
