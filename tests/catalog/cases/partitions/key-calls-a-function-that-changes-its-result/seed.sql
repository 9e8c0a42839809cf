insert into e values (11);
