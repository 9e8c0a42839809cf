begin;

alter table public.p drop constraint p_a_check;

alter table public.p drop constraint z;

alter table public.p add constraint p_a_check CHECK ((a > 1));

alter table public.c add constraint y CHECK ((a IS NOT NULL));

alter table public.p add constraint y CHECK ((a IS NOT NULL));

commit;
