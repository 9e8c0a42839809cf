begin;

revoke USAGE on language plpgsql from public;

revoke USAGE on language sql from public;

grant USAGE on language sql to c1_app with grant option;

commit;
