insert into t values ('b', 'a');
