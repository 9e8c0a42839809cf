create table w (a int, b uuid, c jsonb, d timestamptz, e boolean, f numeric, g text[], h inet);
