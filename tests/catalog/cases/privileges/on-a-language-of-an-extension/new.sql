grant usage on language plpgsql to c1_app;
