insert into k values ('a', 1);
