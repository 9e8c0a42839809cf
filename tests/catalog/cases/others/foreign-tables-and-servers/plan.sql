begin;

-- loses the values of public.f.b
alter table public.f drop column b;

drop user mapping for public server s;

alter server s options (drop port, add dbname 'd', set host 'b');

comment on server s is 's';

create user mapping for postgres server s options ("user" 'v');

alter foreign table public.f options (add schema_name 'z', set table_name 'u');

comment on foreign table public.f is 'c';

alter table public.f alter column a type bigint;

alter foreign table public.f alter column a options (set column_name 'y');

alter table public.f add column c text default 'x'::text not null;

alter table public.f add constraint f_a_check CHECK ((a > 0));

commit;
