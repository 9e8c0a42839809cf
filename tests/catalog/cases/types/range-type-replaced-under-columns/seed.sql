insert into booking values (1, '[1,5)');
