begin;

alter collation public.c1 rename to c1__replaced;

create collation public.c1 (provider = icu, locale = 'de', deterministic = false);

alter table public.t alter column a type text collate public.c1 using a::text::text;

drop collation public.c1__replaced;

create collation public.c2 (provider = libc, lc_collate = 'C', lc_ctype = 'C');

comment on collation public.c2 is 'x';

alter table public.t add column b text collate public.c2;

commit;
