create role c1_app;
revoke usage on language plpgsql from public;
