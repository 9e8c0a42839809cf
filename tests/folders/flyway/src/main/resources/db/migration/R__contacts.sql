create or replace view ${app}_contacts as select id, email, phone from users;
