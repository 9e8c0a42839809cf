begin;

comment on index public.pk is null;

comment on constraint pk on public.t is 'd';

commit;
