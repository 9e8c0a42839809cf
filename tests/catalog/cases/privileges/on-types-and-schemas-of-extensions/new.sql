create table x (a int);
revoke usage on language plpgsql from public;
revoke usage on language sql from public;
grant usage on language sql to c1_app with grant option;
