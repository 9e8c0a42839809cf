insert into logs values (1, 'a'), (11, 'b');
