begin;

comment on schema public is 'standard public schema';

create schema app;

commit;
