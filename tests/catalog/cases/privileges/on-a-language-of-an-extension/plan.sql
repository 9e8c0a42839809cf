begin;

grant USAGE on language plpgsql to c1_app;

grant USAGE on language plpgsql to public;

commit;
