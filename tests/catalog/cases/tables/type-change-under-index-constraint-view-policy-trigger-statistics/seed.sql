insert into t values (1, 2, 3);
refresh materialized view m;
