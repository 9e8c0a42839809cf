create role corpus_a;
alter default privileges for role corpus_a grant select on tables to public;
