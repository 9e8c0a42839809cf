begin;

alter table public.p drop constraint p_a_check;

alter table public.p alter column a set not null;

alter table public.p add constraint p_a_check CHECK ((a > 1));

alter table only public.g alter column a set default 3;

alter table only public.k alter column a set default 5;

alter table only public.p alter column a set default 5;

commit;
