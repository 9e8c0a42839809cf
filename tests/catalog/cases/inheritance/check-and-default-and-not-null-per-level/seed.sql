insert into k values (3);
