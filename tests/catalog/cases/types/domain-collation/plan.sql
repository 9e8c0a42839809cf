begin;

drop domain public.d;

create domain public.d as text collate "POSIX" default 'a'::text;

commit;
