begin;

create event trigger et on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function public.ef();

alter event trigger et disable;

comment on event trigger et is 'x';

commit;
