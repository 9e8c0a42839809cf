begin;

-- loses the values of public.ft.b
alter table public.ft drop column b;

alter foreign data wrapper w options (drop a, add b '2');

alter server s version '2';

alter server s options (add h 'z');

alter user mapping for postgres server s options (set u '2');

alter foreign table public.ft options (add n 'm', set x 'z');

alter table public.ft alter column a type bigint;

alter table public.ft alter column a set not null;

alter table public.ft add column c text default 'q'::text;

alter table public.ft add constraint k CHECK ((a > 0));

commit;
