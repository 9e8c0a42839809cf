begin;

alter domain public.d2 drop constraint d2_check;

alter domain public.d3 drop constraint d3_check;

alter domain public.d1 set default 3;

alter domain public.d1 set not null;

comment on domain public.d1 is 'd';

alter domain public.d2 drop default;

alter domain public.d2 drop not null;

alter domain public.d1 add constraint d1_check CHECK ((VALUE > 0));

alter domain public.d2 add constraint d2_check CHECK ((length(VALUE) < 10));

alter domain public.d3 add constraint named CHECK ((VALUE > 1));

comment on constraint named on domain public.d3 is 'n';

commit;
