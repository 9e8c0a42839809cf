begin;

drop publication p;

create publication p with (publish = 'insert, update, delete, truncate');

alter publication p add table only public.t (id, a);

commit;
