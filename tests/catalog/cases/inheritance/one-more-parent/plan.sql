begin;

create table public.c__lender ();

alter table public.c inherit public.c__lender;

alter table public.c__lender add column b text;

alter table public.c inherit public.p2;

alter table public.c no inherit public.c__lender;

drop table public.c__lender;

commit;
