begin;

create table public.c__lender ();

alter table public.c inherit public.c__lender;

alter table public.c__lender add column b text default 'q'::text not null;

alter table public.c__lender add column x integer;

alter table public.c__lender add constraint p2_x_check CHECK ((x > 0));

alter table public.c inherit public.p2;

alter table public.c no inherit public.p1;

alter table public.c no inherit public.c__lender;

drop table public.c__lender;

-- loses the values of public.c.a
alter table public.c drop column a;

alter table only public.c alter column b set default 'q'::text;

commit;
