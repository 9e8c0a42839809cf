begin;

alter table only public.t alter column d drop default;

alter table public.t alter column d type numeric(5,2);

alter table only public.t alter column a set default '1 mon'::interval;

alter table only public.t alter column b set default '2021-01-01 00:00:00+00'::timestamp with time zone;

alter table only public.t alter column c set default 'Infinity'::double precision;

alter table only public.t alter column e set default '\x'::bytea;

alter table only public.t alter column f set default '111'::"bit";

alter table only public.t alter column g set default 'tab	'::text;

alter table only public.t alter column h set default '-infinity'::date;

alter table only public.t alter column i set default 6;

alter table only public.t alter column j set default 'y'::"char";

alter table only public.t alter column k set default '\'::text;

alter table only public.t alter column d set default 0.5;

commit;
