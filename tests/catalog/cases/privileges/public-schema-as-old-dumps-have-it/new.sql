create role c1_app;
revoke all on schema public from public;
grant all on schema public to postgres;
grant all on schema public to public;
comment on schema public is 'standard public schema, once more';
alter schema public owner to c1_app;
