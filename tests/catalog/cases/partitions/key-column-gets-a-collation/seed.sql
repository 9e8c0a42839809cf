insert into e values ('b');
