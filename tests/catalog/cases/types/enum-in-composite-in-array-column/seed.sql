insert into t values (1, row('ok', 'x'), array[row('ok', 'y')::entry]);
