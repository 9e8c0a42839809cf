begin;

drop index public.i;

drop domain public.d;

alter collation public.c rename to c__replaced;

create collation public.c (provider = libc, lc_collate = 'POSIX', lc_ctype = 'POSIX');

alter table public.w alter column x type text collate public.c using x::text::text;

drop collation public.c__replaced;

create domain public.d as text collate public.c;

CREATE INDEX i ON public.w USING btree (x);

commit;
