insert into e values (1);
