begin;

alter schema public owner to c1_app;

grant create on schema public to public;

grant create, usage on schema public to postgres;

comment on schema public is 'standard public schema, once more';

commit;
