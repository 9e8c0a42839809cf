begin;

alter publication p drop table only public.t;

drop publication q;

create schema s;

alter publication p set (publish = 'insert');

comment on publication p is 'x';

create publication q with (publish = 'insert, update, delete, truncate');

alter publication p add table only public.t (a) where ((a > 0));

alter publication p add table only public.u;

alter publication q add tables in schema s;

commit;
